//! Text of unknown origin, made visible.

use std::fmt::{self, Write};

/// Writes a text with everything spelled out that a reader could not see, or that would move the
/// text around it: control characters, line breaks, directions, and characters without width.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visible<'a>(pub(crate) &'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if is_hidden(c) { write!(f, "{}", c.escape_unicode()) } else { f.write_char(c) }
        })
    }
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        for (name, text, want) in [
            ("plain", r"/users/{id:\d+}", r"/users/{id:\d+}"),
            ("letters of other scripts", "/bücher/書", "/bücher/書"),
            ("space", "/a b", "/a b"),
            ("line break", "/a\nb", r"/a\u{a}b"),
            ("escape sequence", "\u{1b}[31m", r"\u{1b}[31m"),
            ("right to left override", "/\u{202e}nimda", r"/\u{202e}nimda"),
            ("isolate", "\u{2066}x\u{2069}", r"\u{2066}x\u{2069}"),
            ("zero width space", "/ad\u{200b}min", r"/ad\u{200b}min"),
            ("no-break space", "/a\u{a0}b", r"/a\u{a0}b"),
            ("tag", "a\u{e0041}", r"a\u{e0041}"),
        ] {
            assert_eq!(Visible(text).to_string(), want, "{name}");
        }
    }
}
