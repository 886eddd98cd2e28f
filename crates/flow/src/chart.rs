//! Pictures of counts, as SVG: plain bars that any browser shows. No script, no font of its own, nothing from outside.

use std::fmt::Write as _;

const WIDTH: u64 = 720;
const LABEL: u64 = 200;
const ROW: u64 = 24;
const BAR: u64 = 400;

/// Groups of bars under a title, each group on its own scale, with how many there are of all.
pub(crate) fn bars(title: &str, groups: &[(&str, &[(&str, u64)])]) -> String {
    let totalled = groups.iter().map(|(group, rows)| {
        let total: u64 = rows.iter().map(|(_, count)| count).sum();
        (format!("{group} (n = {total})"), *rows)
    });
    let totalled: Vec<_> = totalled.collect();
    let groups: Vec<(&str, &[(&str, u64)])> =
        totalled.iter().map(|(group, rows)| (group.as_str(), *rows)).collect();
    sides(title, &groups)
}

/// Groups of bars under a title, each group on its own scale.
pub(crate) fn sides(title: &str, groups: &[(&str, &[(&str, u64)])]) -> String {
    let rows: u64 = groups.iter().map(|(_, rows)| rows.len() as u64 + 2).sum();
    let height = 48 + rows * ROW;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n<title>{0}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"16\" y=\"28\" font-size=\"17\" fill=\"#111\">{0}</text>\n",
        escaped(title)
    );
    let mut y = 48;
    for (group, rows) in groups {
        y += ROW;
        let most = rows.iter().map(|(_, count)| *count).max().unwrap_or_default().max(1);
        let _ = writeln!(svg, "<text x=\"16\" y=\"{}\" fill=\"#555\">{}</text>", y - 8, escaped(group));
        for (label, count) in *rows {
            let width = u128::from(*count) * u128::from(BAR) / u128::from(most);
            let (middle, top) = (y + 16, y + 4);
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\" fill=\"#111\">{}</text>\
                 <rect x=\"{LABEL}\" y=\"{top}\" width=\"{width}\" height=\"16\" fill=\"#3367a8\"/>\
                 <text x=\"{}\" y=\"{middle}\" fill=\"#111\">{count}</text>",
                LABEL - 8,
                escaped(label),
                u128::from(LABEL) + width + 8,
            );
            y += ROW;
        }
        y += ROW;
    }
    svg.push_str("</svg>\n");
    svg
}

/// Text as XML has it; what no XML may hold becomes a mark.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            character if character.is_control() => safe.push('\u{fffd}'),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_writes_no_tag() {
        let svg = bars("a <script>&\u{1b}", &[("numbers", &[("due", 3), ("verified", 0)])]);
        assert!(svg.contains("a &lt;script&gt;&amp;\u{fffd}") && !svg.contains("<script"), "{svg}");
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(svg.contains("width=\"400\"") && svg.contains("n = 3"), "{svg}");
    }
}
