//! The synthetic people, cards and photos that the demo and a sandbox are made of. They are in the program, so that both
//! work wherever it is installed.

use std::path::Path;

use crate::failure::Failure;
use crate::{files, lang, outside};

/// A file's name and content.
pub(crate) type Specimen = (&'static str, &'static [u8]);

/// The people of the TEST register.
pub(crate) const REGISTER: Specimen = ("register.json", include_bytes!("../../../../fixtures/register.json"));

/// The register's portraits, and two of its people on the spot.
pub(crate) const PORTRAITS: [Specimen; 7] = [
    ("portraits/jia.jpg", include_bytes!("../../../../fixtures/portraits/jia.jpg")),
    ("portraits/bing.jpg", include_bytes!("../../../../fixtures/portraits/bing.jpg")),
    ("portraits/ding.jpg", include_bytes!("../../../../fixtures/portraits/ding.jpg")),
    ("portraits/wu.jpg", include_bytes!("../../../../fixtures/portraits/wu.jpg")),
    ("portraits/ji.jpg", include_bytes!("../../../../fixtures/portraits/ji.jpg")),
    (JIA_LIVE, include_bytes!("../../../../fixtures/portraits/jia-live-1.jpg")),
    (BING_LIVE, include_bytes!("../../../../fixtures/portraits/bing-live-1.jpg")),
];

/// 甲 and 丙 on the spot.
pub(crate) const JIA_LIVE: &str = "portraits/jia-live-1.jpg";
/// See [`JIA_LIVE`].
pub(crate) const BING_LIVE: &str = "portraits/bing-live-1.jpg";

/// The three photos of 甲's online order.
pub(crate) const SALE: [Specimen; 3] = [
    ("portrait-side.jpg", include_bytes!("../../../../fixtures/sale/portrait-side.jpg")),
    ("emblem-side.jpg", include_bytes!("../../../../fixtures/sale/emblem-side.jpg")),
    ("holder.jpg", include_bytes!("../../../../fixtures/sale/holder.jpg")),
];

/// 甲's card.
pub(crate) const JIA: &str = include_str!("../../../../fixtures/cards/resident.json");
/// 丙's card.
#[cfg(unix)]
pub(crate) const BING: &str = include_str!("../../../../fixtures/cards/resident-bing.json");
/// 甲's name and number.
pub(crate) const JIA_NAME: &str = "测试甲";
/// See [`JIA_NAME`].
pub(crate) const JIA_NUMBER: &str = "119999199001010004";

/// Writes the register with its portraits.
pub(crate) fn write_register(directory: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(directory.join("portraits")).map_err(|error| unmade(directory, &error))?;
    for (name, bytes) in PORTRAITS.into_iter().chain([REGISTER]) {
        files::write(&directory.join(name), bytes)?;
    }
    Ok(())
}

/// A directory couldn't be made.
pub(crate) fn unmade(directory: &Path, error: &std::io::Error) -> Failure {
    let (path, why) = (outside::path(directory), lang::of_system(error));
    Failure::trouble(
        "file",
        lang::pick(format!("can't make {path}: {why}"), format!("无法创建 {path}：{why}")),
        lang::pick("check the path and its permissions", "请检查路径及其权限"),
    )
}
