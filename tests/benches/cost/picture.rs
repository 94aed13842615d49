//! The picture: instructions over the bare handler, side by side.

use std::fmt::Write;

use crate::results::Results;

const ROWS: [&str; 9] = [
    "no Origin",
    "actual",
    "actual, credentials",
    "denied",
    "any",
    "preflight",
    "preflight, 5 headers",
    "preflight, 5 headers unsorted",
    "preflight, denied",
];
/// Column, name and colour.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("Floor", "floor", "#9aa5b1"),
    ("Default", "app default", "#2f6fde"),
    ("Annotated", "route", "#7aa7f0"),
    ("ActixCors", "actix-cors", "#d9822b"),
    ("Tower", "tower-http", "#b8b06a"),
];
const LEFT: usize = 210;
const WIDTH: usize = 560;
const BAR: usize = 11;
const GAP: usize = 14;
const TOP: usize = 56;
/// What is longer is cut off and says its number.
const MOST: f64 = 13_000.0;

pub(crate) fn draw(results: &Results) -> String {
    let step = COLUMNS.len() * BAR + GAP;
    let height = TOP + ROWS.len() * step + 10;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\">\n\
         <title>Instructions of one request over the bare handler</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"10\" y=\"20\" font-size=\"14\" font-weight=\"bold\">Instructions of one request over the bare handler (preflights: whole)</text>\n",
        LEFT + WIDTH + 80
    );
    let mut put = |text: std::fmt::Arguments<'_>| {
        writeln!(svg, "{text}").expect("a String takes every text");
    };
    for (index, (_, name, colour)) in COLUMNS.iter().enumerate() {
        let x = 10 + index * 110;
        put(format_args!(
            "<rect x=\"{x}\" y=\"32\" width=\"10\" height=\"10\" fill=\"{colour}\"/>"
        ));
        put(format_args!("<text x=\"{}\" y=\"41\">{name}</text>", x + 15));
    }
    for (row_index, row) in ROWS.iter().enumerate() {
        let top = TOP + row_index * step;
        let middle = top + step / 2 - 2;
        put(format_args!(
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{row}</text>",
            LEFT - 8
        ));
        for (index, (column, _, colour)) in COLUMNS.iter().enumerate() {
            let Some(extra) = results.extra(row, column) else { continue };
            let length = (extra.instructions.clamp(0.0, MOST) / MOST * WIDTH as f64).round();
            let y = top + index * BAR;
            put(format_args!(
                "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{length}\" height=\"{}\" fill=\"{colour}\"/>",
                BAR - 1
            ));
            put(format_args!(
                "<text x=\"{}\" y=\"{}\" font-size=\"9\" fill=\"#555\">{:.0}</text>",
                LEFT as f64 + length + 4.0,
                y + BAR - 2,
                extra.instructions
            ));
        }
    }
    svg.push_str("</svg>\n");
    svg
}
