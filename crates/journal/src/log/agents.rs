//! The file `agents`: where each agent's chain ends in a tree of a given size. It saves reading all entries when a journal is
//! opened; what isn't whole, or is of another tree, is ignored.

use super::{AGENTS, NEW};
use crate::entry::Chains;
use crate::files::Files;
use crate::tree::Hash;

const HEAD: &str = "realname-journal-agents-1";

/// Writes the cache. It need not be safe: a torn one isn't believed.
pub(super) fn write(files: &dyn Files, size: u64, root: &Hash, chains: &Chains) -> std::io::Result<()> {
    let mut text = format!("{HEAD}\n{size}\n{root}\n");
    let mut links: Vec<_> = chains.links().collect();
    links.sort_unstable_by_key(|(agent, _)| *agent);
    for (agent, (seq, digest)) in links {
        text.push_str(&format!("{agent} {seq} {}\n", digest.to_base64url()));
    }
    let digest = Hash::of(text.as_bytes()).to_base64url();
    text.push_str(&digest);
    files.put(NEW, text.as_bytes())?;
    files.rename(NEW, AGENTS)
}

/// The tree's size, its root, and the chains.
pub(super) fn read(files: &dyn Files) -> std::io::Result<Option<(u64, Hash, Chains)>> {
    Ok(files.read(AGENTS)?.and_then(|bytes| parse(&bytes)))
}

fn parse(bytes: &[u8]) -> Option<(u64, Hash, Chains)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (body, digest) = text.rsplit_once('\n')?;
    let body = format!("{body}\n");
    if Hash::of(body.as_bytes()).to_base64url() != digest {
        return None;
    }
    let mut lines = body.lines();
    if lines.next() != Some(HEAD) {
        return None;
    }
    let size = lines.next()?.parse().ok()?;
    let root = Hash::from_base64(lines.next()?)?;
    let mut chains = Chains::default();
    for line in lines {
        let mut words = line.split(' ');
        let (agent, seq, digest) = (words.next()?, words.next()?.parse().ok()?, words.next()?);
        chains.set(agent, (seq, Hash::from_base64url(digest)?));
    }
    Some((size, root, chains))
}
