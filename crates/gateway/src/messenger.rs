//! Gateways as messengers: what sends questions.
#![allow(clippy::disallowed_methods, reason = "a messenger does the I/O that the core doesn't")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use realname_flow::confirmation::{Form, Message, Messenger, MessengerError};
use realname_terms::Lang;

use crate::SettingsError;
use crate::cmpp::Cmpp;
use crate::figures::{Figures, LineFigures};
use crate::inbox::Replies;
use crate::link::{LineState, Link};
use crate::protocol::Protocol;
use crate::sending::{Sending, Step};
use crate::settings::{CmppSettings, GatewaySettings, SmppSettings};
use crate::smpp::Smpp;
use crate::text::split;

/// What both protocols' messengers are made of.
struct Courier<P: Protocol> {
    link: Link<P>,
    replies: Option<Arc<Replies>>,
    figures: Arc<Figures>,
    protocol: Arc<P>,
    /// The reference of the next long text.
    reference: AtomicU8,
}

impl<P: Protocol> Courier<P> {
    fn start(
        protocol: P,
        line: crate::link::LineSettings,
        replies: Option<Arc<Replies>>,
    ) -> Result<Self, SettingsError> {
        let figures = Arc::new(Figures::default());
        let protocol = Arc::new(protocol);
        let link = Link::start(Arc::clone(&protocol), line, replies.clone(), Arc::clone(&figures))
            .map_err(SettingsError::Start)?;
        let reference = AtomicU8::new(realname_token::jose::random::<1>().map_or(0, |[byte]| byte));
        Ok(Self { link, replies, figures, protocol, reference })
    }

    fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError> {
        let refused = MessengerError::Refused { status: None };
        // Nobody reads a prompt aloud here.
        if matches!(message.form(), Form::Voice { .. }) || !self.protocol.can_address(message.number()) {
            return Err(refused);
        }
        let reference = self.reference.fetch_add(1, Ordering::Relaxed);
        let mut sending = Sending::new(split(&message.body(lang), reference).ok_or(refused)?);
        if let Some(replies) = &self.replies {
            let remembered = replies.asking(message.number(), message.service(), Timestamp::now());
            remembered.map_err(|_| MessengerError::Unreachable)?;
        }
        while let Some(piece) = sending.piece() {
            let step = match self.link.submit(message.number(), piece, message.id()) {
                Ok(outcome) => sending.step(&outcome),
                Err(error) => sending.stopped(error),
            };
            match step {
                Step::Submit(pause) => std::thread::sleep(pause),
                Step::Done(done) => return done,
            }
        }
        Ok(())
    }
}

macro_rules! messenger {
    ($(#[$doc:meta])* $name:ident, $protocol:ty, $settings:ty) => {
        $(#[$doc])*
        pub struct $name(Courier<$protocol>);

        impl $name {
            /// Checks the settings and begins to open the line, which is kept open until this is dropped. What comes down it goes to
            /// `replies`; without them texts stay unanswered, for another line of the same account.
            pub fn open(settings: &$settings, replies: Option<Arc<Replies>>) -> Result<Self, SettingsError> {
                let (protocol, line) = settings.check()?;
                Courier::start(protocol, line, replies).map(Self)
            }

            /// How the line is.
            pub fn state(&self) -> LineState {
                self.0.link.state()
            }

            /// Waits until messages are taken; says whether they are.
            pub fn wait_open(&self, patience: Duration) -> bool {
                self.0.link.wait_open(patience)
            }

            /// What the line did so far.
            pub fn figures(&self) -> LineFigures {
                self.0.figures.snapshot()
            }

            /// Takes leave of the gateway and waits for the line's threads. Dropping does the same.
            pub fn close(&self) {
                self.0.link.close();
            }
        }

        impl Messenger for $name {
            fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError> {
                self.0.send(message, lang)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).field("state", &self.state()).finish_non_exhaustive()
            }
        }
    };
}

messenger! {
    /// Questions over CMPP, and their replies. Blocking; threads share it.
    CmppMessenger, Cmpp, CmppSettings
}

messenger! {
    /// Questions over SMPP, and their replies. Blocking; threads share it.
    SmppMessenger, Smpp, SmppSettings
}

/// Whichever a settings file describes.
#[derive(Debug)]
#[non_exhaustive]
pub enum Gateway {
    /// CMPP.
    Cmpp(CmppMessenger),
    /// SMPP.
    Smpp(SmppMessenger),
}

impl Gateway {
    /// As [`CmppMessenger::open`].
    pub fn open(settings: &GatewaySettings, replies: Option<Arc<Replies>>) -> Result<Self, SettingsError> {
        match settings {
            GatewaySettings::Cmpp(settings) => CmppMessenger::open(settings, replies).map(Self::Cmpp),
            GatewaySettings::Smpp(settings) => SmppMessenger::open(settings, replies).map(Self::Smpp),
        }
    }

    /// How the line is.
    pub fn state(&self) -> LineState {
        match self {
            Self::Cmpp(messenger) => messenger.state(),
            Self::Smpp(messenger) => messenger.state(),
        }
    }

    /// Waits until messages are taken; says whether they are.
    pub fn wait_open(&self, patience: Duration) -> bool {
        match self {
            Self::Cmpp(messenger) => messenger.wait_open(patience),
            Self::Smpp(messenger) => messenger.wait_open(patience),
        }
    }

    /// What the line did so far.
    pub fn figures(&self) -> LineFigures {
        match self {
            Self::Cmpp(messenger) => messenger.figures(),
            Self::Smpp(messenger) => messenger.figures(),
        }
    }
}

impl Messenger for Gateway {
    fn send(&self, message: &Message<'_>, lang: Lang) -> Result<(), MessengerError> {
        match self {
            Self::Cmpp(messenger) => messenger.send(message, lang),
            Self::Smpp(messenger) => messenger.send(message, lang),
        }
    }
}
