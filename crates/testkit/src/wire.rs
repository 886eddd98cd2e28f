//! A second writer of the wire's bytes, for tests only. It shares no code with `realname::reader::wire`, so that an error
//! there can't hide behind its own twin. All data synthetic.
#![allow(dead_code, unreachable_pub, clippy::expect_used)]

/// Every UTF-16 unit of `text`, padded with spaces to `bytes` bytes.
pub fn text(text: &str, bytes: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for unit in text.encode_utf16() {
        out.push((unit & 0xFF) as u8);
        out.push((unit >> 8) as u8);
    }
    assert!(out.len() <= bytes, "{text} doesn't fit into {bytes}");
    while out.len() < bytes {
        out.extend_from_slice(b" \0");
    }
    out
}

/// A text block from pairs of text and size, as the tables of the protocol list them.
pub fn block(fields: &[(&str, usize)]) -> [u8; 256] {
    let bytes: Vec<u8> = fields.iter().flat_map(|(value, size)| text(value, *size)).collect();
    bytes.try_into().expect("fields of 256 bytes in all")
}

/// 测试甲 as `reader-protocol` 5.4 has it. Its number says female and its sex code says male, so it carries a flag.
pub fn resident() -> [u8; 256] {
    block(&[
        ("测试甲", 30),
        ("1", 2),
        ("01", 4),
        ("19900101", 16),
        ("测试省测试市测试路1号", 70),
        ("119999199001010004", 36),
        ("测试市公安局", 30),
        ("20200101", 16),
        ("长期", 16),
        ("", 36),
    ])
}

/// A resident whose fields all agree. `name` of at most 15 units.
pub fn person(name: &str) -> [u8; 256] {
    block(&[
        (name, 30),
        ("1", 2),
        ("01", 4),
        ("19900101", 16),
        ("测试省测试市测试路5号", 70),
        ("119999199001010012", 36),
        ("测试市公安局", 30),
        ("20200101", 16),
        ("20400101", 16),
        ("", 36),
    ])
}

/// 测试乙, residence permit, flag J.
pub fn permit() -> [u8; 256] {
    block(&[
        ("测试乙", 30),
        ("2", 2),
        ("", 4),
        ("19900101", 16),
        ("测试省测试市测试路2号", 70),
        ("810000199001010000", 36),
        ("测试市公安局", 30),
        ("20200101", 16),
        ("20250101", 16),
        ("H00000000", 18),
        ("01", 4),
        ("", 6),
        ("J", 2),
        ("", 6),
    ])
}

/// 测试丙, foreigner 2017, flag I.
pub fn foreigner_2017() -> [u8; 256] {
    block(&[
        ("TEST, SPECIMEN", 120),
        ("1", 2),
        ("UTO110190010118", 30),
        ("UTO", 6),
        ("测试丙", 30),
        ("20200101", 16),
        ("20300101", 16),
        ("19900101", 16),
        ("01", 4),
        ("1101", 8),
        ("I", 2),
        ("", 6),
    ])
}

/// 测试丁, foreigner 2023, flag Y.
pub fn foreigner_2023() -> [u8; 256] {
    block(&[
        ("测试丁", 30),
        ("2", 2),
        ("01", 4),
        ("19900101", 16),
        ("TEST, SPECIMEN", 70),
        ("911000199001010005", 36),
        ("", 30),
        ("20240101", 16),
        ("20340101", 16),
        ("", 22),
        ("UTO", 6),
        ("Y", 2),
        ("011", 6),
    ])
}

/// A frame around `body`.
pub fn frame(body: &[u8]) -> Vec<u8> {
    let length = body.len() + 1;
    let mut checked = vec![(length >> 8) as u8, (length & 0xFF) as u8];
    checked.extend_from_slice(body);
    let checksum = checked.iter().fold(0_u8, |sum, byte| sum ^ byte);
    let mut out = vec![0xAA, 0xAA, 0xAA, 0x96, 0x69];
    out.extend_from_slice(&checked);
    out.push(checksum);
    out
}

/// A reply of status only.
pub fn status(word: u8) -> Vec<u8> {
    frame(&[0, 0, word])
}

/// The reply to `12 FF` of 05.03-20161207-0000123456-1234567890.
pub fn sam_id() -> Vec<u8> {
    let mut body = vec![0, 0, 0x90];
    body.extend_from_slice(&SAM_ID);
    frame(&body)
}

/// 05.03-20161207-0000123456-1234567890 on the wire.
pub const SAM_ID: [u8; 16] = [5, 0, 3, 0, 0xB7, 0xA2, 0x33, 1, 0x40, 0xE2, 1, 0, 0xD2, 2, 0x96, 0x49];

/// The reply to `20 01` when a card is there.
pub fn found() -> Vec<u8> {
    frame(&[0, 0, 0x9F, 0, 0, 0, 0])
}

/// The reply to `20 02`.
pub fn selected() -> Vec<u8> {
    frame(&[0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0])
}

/// A photo block that says what it isn't: the usual header, then a pattern.
pub fn photo(seed: u8) -> Vec<u8> {
    let mut photo = vec![0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00];
    while photo.len() < 1024 {
        photo.push((photo.len() as u8).wrapping_mul(31).wrapping_add(seed));
    }
    photo
}

/// The reply to `30 01`.
pub fn card(block: &[u8; 256], photo: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 0, 0x90, 1, 0];
    body.extend_from_slice(&[(photo.len() >> 8) as u8, (photo.len() & 0xFF) as u8]);
    body.extend_from_slice(block);
    body.extend_from_slice(photo);
    frame(&body)
}

/// The reply to `30 10`.
pub fn card_with_fingerprints(block: &[u8; 256], photo: &[u8], prints: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 0, 0x90, 1, 0, 4, 0];
    body.extend_from_slice(&[(prints.len() >> 8) as u8, (prints.len() & 0xFF) as u8]);
    body.extend_from_slice(block);
    body.extend_from_slice(photo);
    body.extend_from_slice(prints);
    frame(&body)
}
