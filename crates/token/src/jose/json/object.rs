//! The members of a JSON object.

use zeroize::Zeroizing;

use super::Json;
use crate::jose::Texts;

/// Members up to which an object is searched from the first to the last.
const SMALL: usize = 16;

/// Members of an object, each name once, in the order of their names.
///
/// A sorted list: objects are small, are read far more often than changed, and a token has dozens of them, so what counts
/// is how little memory each takes to set up.
#[derive(Clone, PartialEq)]
pub struct Members<S: Texts = Zeroizing<String>>(Vec<(S::Name, Json<S>)>);

impl<S: Texts> Members<S> {
    /// Takes members in any order. `None` when a name is there twice. Sorting keeps what a stranger sent from costing more
    /// than its length times its logarithm.
    pub(super) fn unique(mut members: Vec<(S::Name, Json<S>)>) -> Option<Self> {
        let rises = |members: &[(S::Name, Json<S>)]| {
            members.is_sorted_by(|(above, _), (below, _)| order(above, below).is_lt())
        };
        if !rises(&members) {
            members.sort_unstable_by(|(one, _), (other, _)| order(one, other));
            if !rises(&members) {
                return None;
            }
        }
        Some(Self(members))
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&Json<S>> {
        let (_, value) = self.0.get(self.find(name)?)?;
        Some(value)
    }

    /// The value of that name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Json<S>> {
        let place = self.find(name)?;
        let (_, value) = self.0.get_mut(place)?;
        Some(value)
    }

    /// Whether there is a member of that name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Puts a member in; gives back the value that the name had.
    pub fn insert(&mut self, name: S::Name, value: Json<S>) -> Option<Json<S>> {
        match self.place(name.as_ref()) {
            Ok(place) => self.0.get_mut(place).map(|(_, old)| std::mem::replace(old, value)),
            Err(place) => {
                self.0.insert(place, (name, value));
                None
            }
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Json<S>> {
        let place = self.find(name)?;
        let (_, value) = self.0.remove(place);
        Some(value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names.
    pub fn keys(&self) -> impl Iterator<Item = &S::Name> {
        self.0.iter().map(|(name, _)| name)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&S::Name, &Json<S>)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Names, and values to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&S::Name, &mut Json<S>)> {
        self.0.iter_mut().map(|(name, value)| (&*name, value))
    }

    /// Where the name is. Most objects are so small that looking at every length is quicker than comparing texts.
    fn find(&self, name: &str) -> Option<usize> {
        if self.0.len() <= SMALL {
            return self.0.iter().position(|(other, _)| other.as_ref() == name);
        }
        self.place(name).ok()
    }

    /// Where the name is, or where it would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_ref().cmp(name))
    }
}

impl Members {
    /// Puts a member in unless the name is there.
    pub fn insert_if_absent(&mut self, name: &str, value: impl FnOnce() -> Json) {
        if let Err(place) = self.place(name) {
            self.0.insert(place, (name.into(), value()));
        }
    }
}

/// As [`Ord`] has it. First letters are mostly enough, and cost no call.
fn order(one: &impl AsRef<str>, other: &impl AsRef<str>) -> std::cmp::Ordering {
    let (one, other) = (one.as_ref().as_bytes(), other.as_ref().as_bytes());
    one.first().cmp(&other.first()).then_with(|| one.cmp(other))
}

/// Of two members of one name the later counts, as in a map.
impl<N: Into<S::Name>, S: Texts> FromIterator<(N, Json<S>)> for Members<S> {
    fn from_iter<I: IntoIterator<Item = (N, Json<S>)>>(members: I) -> Self {
        let mut list: Vec<(S::Name, Json<S>)> =
            members.into_iter().map(|(name, value)| (name.into(), value)).collect();
        // Stable, so that the last of equal names comes last; it is the one that is kept.
        list.sort_by(|(one, _), (other, _)| order(one, other));
        list.dedup_by(|(later, value), (name, kept)| {
            let same = later == name;
            if same {
                std::mem::swap(kept, value);
            }
            same
        });
        Self(list)
    }
}

impl<N: Into<S::Name>, S: Texts> Extend<(N, Json<S>)> for Members<S> {
    fn extend<I: IntoIterator<Item = (N, Json<S>)>>(&mut self, members: I) {
        let all = std::mem::take(&mut self.0);
        *self =
            all.into_iter().chain(members.into_iter().map(|(name, value)| (name.into(), value))).collect();
    }
}

impl<S: Texts> Default for Members<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S: Texts> IntoIterator for Members<S> {
    type Item = (S::Name, Json<S>);
    type IntoIter = std::vec::IntoIter<(S::Name, Json<S>)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::Name;

    fn names(members: &Members) -> Vec<&str> {
        members.keys().map(Name::as_str).collect()
    }

    #[test]
    fn as_a_map() {
        let mut members: Members = [("b", 1.into()), ("a", 2.into()), ("b", 3.into())].into_iter().collect();
        assert_eq!(names(&members), ["a", "b"]);
        assert_eq!(members.get("b"), Some(&3.into()));
        assert_eq!(members.insert("c".into(), 4.into()), None);
        assert_eq!(members.insert("b".into(), 5.into()), Some(3.into()));
        members.insert_if_absent("b", || 6.into());
        members.insert_if_absent("a long name that takes memory of its own", || 7.into());
        assert_eq!(names(&members), ["a", "a long name that takes memory of its own", "b", "c"]);
        assert_eq!(members.remove("b"), Some(5.into()));
        assert_eq!((members.remove("b"), members.contains_key("b"), members.len()), (None, false, 3));
        *members.get_mut("c").unwrap() = 8.into();
        assert_eq!(members.iter().last().map(|(_, value)| value.as_integer()), Some(Some(8)));
        assert!(!members.is_empty() && <Members>::default().is_empty());
    }

    #[test]
    fn a_name_twice_is_seen_in_any_order() {
        let of =
            |list: &[&str]| Members::unique(list.iter().map(|name| ((*name).into(), <Json>::Null)).collect());
        assert_eq!(of(&["c", "a", "b"]).map(|members| members.len()), Some(3));
        let many: Vec<String> = (0..40).map(|number: u8| format!("{:03}", number.wrapping_mul(91))).collect();
        let members = of(&many.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        assert!(members.keys().is_sorted() && many.iter().all(|name| members.contains_key(name)));
        assert!(!members.contains_key("x"));
        for twice in [&["a", "a"][..], &["a", "b", "a"], &["b", "a", "b"], &["", ""]] {
            assert!(of(twice).is_none(), "{twice:?}");
        }
    }
}
