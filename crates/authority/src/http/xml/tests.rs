//! What is read, what is refused, and names that are other names in another encoding. All of them are synthetic.

use super::*;

fn gbk(text: &str) -> Vec<u8> {
    GBK.encode(text).0.into_owned()
}

fn utf8(text: &str) -> Option<Json> {
    read(text.as_bytes(), Charset::Utf8, None)
}

#[test]
fn elements_lists_attributes_and_nothing() {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r n='1'>\n <a>x &amp; y</a><b/><b> 2 </b><c d=\"e\">t</c>\
                <!-- said aside --><e><![CDATA[<&]]>&#x4e00;</e></r>\n";
    let json = utf8(text).unwrap();
    for (at, expected) in [
        ("/r/@n", "1"),
        ("/r/a", "x & y"),
        ("/r/b/1", " 2 "),
        ("/r/c/@d", "e"),
        ("/r/c/#text", "t"),
        ("/r/e", "<&一"),
    ] {
        assert_eq!(json.at(at).and_then(Json::as_text), Some(expected), "{at}");
    }
    assert!(json.at("/r/b/0") == Some(&Json::Null));
    // Prefixes are a document's own; the local name counts.
    let soap =
        "<s:Envelope xmlns:s='urn:x'><s:Body><out>&lt;r>&lt;a>1&lt;/a>&lt;/r></out></s:Body></s:Envelope>";
    let inner = read(soap.as_bytes(), Charset::Utf8, Some("/Envelope/Body/out")).unwrap();
    assert_eq!(inner.at("/r/a").and_then(Json::as_text), Some("1"));
}

#[test]
fn what_isnt_plain_is_refused() {
    let deep = format!("{}{}", "<a>".repeat(17), "</a>".repeat(17));
    let wide = format!("<a>{}</a>", "<b/>".repeat(10_001));
    let bomb = format!("{}<a>&c;</a>", "<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'>]>");
    for text in [
        "",
        "x",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a b='1' b='2'/>",
        "<a>&b;</a>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<?xml-stylesheet href='x'?><a/>",
        "<a><?php x?></a>",
        "<a>text<b/></a>",
        "<a>&#0;</a>",
        "{\"a\":1}",
        "<?xml version=\"1.0\" encoding=\"GBK\"?><a/>",
        &bomb,
        &deep,
        &wide,
    ] {
        assert!(utf8(text).is_none(), "{}", text.get(..40).unwrap_or(text));
    }
    assert!(read(b"<a>\xd0\xbb</a>", Charset::Utf8, None).is_some());
    assert!(read(b"<a>\xff</a>", Charset::Utf8, None).is_none());
    assert!(read(b"<a>\xff</a>", Charset::Gbk, None).is_none());
    assert!(read("<a>1</a>".as_bytes(), Charset::Utf8, Some("/b")).is_none());
    assert!(read("<a>1</a>".as_bytes(), Charset::Utf8, Some("/a")).is_none());
}

/// The octets of these names are UTF-8 as well, and stand among the first of the document.
#[test]
fn a_name_in_gbk_is_that_name() {
    for name in ["谢薛", "测试", "一致", "䶮"] {
        for declaration in
            ["", "<?xml version='1.0' encoding='GBK'?>", "<?xml version='1.0' encoding=\"gb2312\" ?>"]
        {
            let text = format!("{declaration}<a>{name}</a>");
            let bytes = encoding_rs::GB18030.encode(&text).0.into_owned();
            let found = read(&bytes, Charset::Gbk, None);
            assert_eq!(found.unwrap().at("/a").and_then(Json::as_text), Some(name), "{declaration}");
        }
    }
    // Taken for UTF-8 it would be another name, without an error; the declaration tells.
    let silent = read(&gbk("<a>谢薛</a>"), Charset::Utf8, None).unwrap();
    assert!(silent.at("/a").and_then(Json::as_text) != Some("谢薛"));
    assert!(read(&gbk("<?xml version='1.0' encoding='GBK'?><a>谢薛</a>"), Charset::Utf8, None).is_none());
    assert!(read("<?xml version='1.0' encoding='UTF-8'?><a>x</a>".as_bytes(), Charset::Gbk, None).is_none());
    for (label, utf8, gbk) in
        [("utf-8", true, false), (" GBK", false, true), ("gb18030", false, true), ("latin1", false, false)]
    {
        assert_eq!((Charset::Utf8.is(label), Charset::Gbk.is(label)), (utf8, gbk), "{label}");
    }
}

#[test]
fn what_is_written_is_read_again() {
    for charset in [Charset::Utf8, Charset::Gbk] {
        let text = "谢薛 <&>\"'";
        let mut writer = Writer::new(charset, 64);
        writer.raw("<a b=\"");
        writer.escaped(text).unwrap();
        writer.raw("\">");
        writer.escaped(text).unwrap();
        writer.raw("</a>");
        let json = read(&writer.finish().unwrap(), charset, None).unwrap();
        assert_eq!(json.at("/a/@b").and_then(Json::as_text), Some(text));
        assert_eq!(json.at("/a/#text").and_then(Json::as_text), Some(text));
    }
    // A rare name that GBK doesn't have isn't sent as another one.
    for (text, charset) in [("𠮷", Charset::Gbk), ("\u{b}", Charset::Utf8), ("a\nb", Charset::Utf8)] {
        let mut writer = Writer::new(charset, 64);
        let done = writer.escaped(text).and_then(|()| writer.finish().map(drop));
        assert_eq!(done, Err(Unwritable), "{text:?}");
    }
    assert!(is_name("soap:Body") && is_name("_a-1") && !is_name("1a") && !is_name("a b") && !is_name("名"));
}
