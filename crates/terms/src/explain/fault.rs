//! Whose fault something is.

/// Whose fault something is, and so who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// Nobody's: nothing is wrong.
    Nobody,
    /// The program or the person that called: an argument.
    Caller,
    /// What was asked for: twice, too late, too often, or about something else than what is open. Who wants it asks anew.
    Request,
    /// This machine's set-up: configuration, policy, plug-ins, and its contracts with registers and gateways.
    Setup,
    /// What this machine believes and may sign: its anchors and keys, and what its operator lets it do.
    Trust,
    /// Whoever made or sent a statement: a token, a demand, a trust list, a delegation.
    Sender,
    /// What was handed in: a file or a photo that is damaged, or not what it claims to be.
    Input,
    /// The person who is checked: who they are, what they hold, what they agree to.
    Person,
    /// The card, or how it was placed.
    Card,
    /// The reader itself.
    Reader,
    /// The cable or the radio between host and reader.
    Line,
    /// The host's port, its name, or the permission to use it.
    Port,
    /// The register that was asked.
    Register,
    /// The way to another machine.
    Network,
    /// The store: its disk, its server, its file.
    Store,
    /// A clock, here or there.
    Clock,
    /// The operating system, or another program on this machine: randomness, files, helpers.
    System,
}

crate::names! {
    Fault {
        Nobody = "nobody",
        Caller = "caller",
        Request = "request",
        Setup = "setup",
        Trust = "trust",
        Sender = "sender",
        Input = "input",
        Person = "person",
        Card = "card",
        Reader = "reader",
        Line = "line",
        Port = "port",
        Register = "register",
        Network = "network",
        Store = "store",
        Clock = "clock",
        System = "system",
    }
}
