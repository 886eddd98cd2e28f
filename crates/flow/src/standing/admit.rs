//! Who may not sell is refused at once, by what the journal says now.

use std::path::{Path, PathBuf};

use realname_terms::explain;

use super::Standings;
use crate::journal::entry::Event;
use crate::journal::tree::Hash;
use crate::journal::{JournalError, Reader};
use crate::profile::OutsideText;

/// A presentation isn't accepted, because of who made it. Nothing was answered: the demand can be answered by somebody else.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandingError {
    /// The agent was never admitted, or was suspended or dropped.
    #[error("agent {agent} isn't admitted, or was stopped")]
    Agent {
        /// Whom the presentation names.
        agent: OutsideText,
    },
    /// The journal knows admissions, and the presentation names nobody.
    #[error("the presentation names no agent")]
    Unnamed,
    /// The agent may sell, and this terminal of it was stopped.
    #[error("terminal {terminal} of agent {agent} was stopped")]
    Terminal {
        /// Whom the presentation names.
        agent: OutsideText,
        /// Which terminal.
        terminal: OutsideText,
    },
}

explain! {
    StandingError {
        Self::Agent { agent } => "agent_may_not_sell", Sender,
            "Send the customer to another agent; nothing was answered.", "请让客户到其他代理商处办理；本次未作任何应答。", "代理商 {agent} 未准入或已被停止";
        Self::Unnamed => "agent_may_not_sell", Sender,
            "Send the customer to another agent; nothing was answered.", "请让客户到其他代理商处办理；本次未作任何应答。", "凭证未载明代理商";
        Self::Terminal { agent, terminal } => "terminal_may_not_sell", Sender,
            "Use another terminal of this agent; nothing was answered.", "请使用该代理商的其他终端；本次未作任何应答。", "代理商 {agent} 的终端 {terminal} 已被停止";
    }
}

impl Standings {
    /// Whether what an event tells of may be accepted, by the agent and the terminal that it names. As long as nobody was ever admitted,
    /// agents aren't asked for it; otherwise one that was never admitted is refused, and who names none.
    ///
    /// # Errors
    /// [`StandingError`].
    pub fn admit(&self, event: &Event) -> Result<(), StandingError> {
        let Some(agent) = event.text("agent") else {
            return if self.agents.is_empty() { Ok(()) } else { Err(StandingError::Unnamed) };
        };
        if !self.agents.is_empty() && !self.of(agent).is_some_and(|standing| standing.may_sell()) {
            return Err(StandingError::Agent { agent: agent.into() });
        }
        let terminal = event.text("terminal").unwrap_or_default();
        if self.of_terminal(agent, terminal).is_some_and(|standing| !standing.may_sell()) {
            return Err(StandingError::Terminal { agent: agent.into(), terminal: terminal.into() });
        }
        Ok(())
    }
}

/// The standings of a journal that others append to. Each look reads what came since the last one, and nothing else.
#[derive(Debug)]
pub struct Watch {
    directory: PathBuf,
    size: u64,
    root: Hash,
    standings: Standings,
}

impl Watch {
    /// Reads a journal as it is now. Whether it is to be believed is an audit's matter.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(directory: impl AsRef<Path>) -> Result<Self, JournalError> {
        let mut watch = Self {
            directory: directory.as_ref().to_owned(),
            size: 0,
            root: Hash::of_nothing(),
            standings: Standings::default(),
        };
        watch.look()?;
        Ok(watch)
    }

    /// The standings by now.
    ///
    /// # Errors
    /// [`JournalError::Shrunk`] and [`JournalError::Forked`] of a journal that isn't one that grew out of what was seen before, and others
    /// when it can't be read. Then nobody knows who may sell, and nothing is to be accepted.
    pub fn look(&mut self) -> Result<&Standings, JournalError> {
        let reader = Reader::open(&self.directory)?;
        let (size, root) = (reader.size(), reader.checkpoint().unverified().root);
        if (size, root) != (self.size, self.root) {
            reader.prove_growth(self.size, &self.root)?;
            let mut came = Standings::default();
            reader.each(self.size, |index, entry, _| came.hear(index, entry))?;
            self.standings.followed_by(came);
            (self.size, self.root) = (size, root);
        }
        Ok(&self.standings)
    }
}
