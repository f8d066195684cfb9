//! Terraform's language: what stands between quotes and in here-documents, and attributes in columns as `terraform fmt`
//! sets them.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/strings>. Tried with Terraform 1.11.4.

/// A quoted string that stands for `text`, whatever is in it.
pub fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if letters.peek() == Some(&'{') => {
                quoted.push(letter);
                quoted.push(letter);
            }
            letter if letter.is_control() => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// The same between the lines of a here-document, where only templates mean something.
pub fn in_here_document(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// Whether Terraform leaves the text as it is: it brings every string into Unicode's normal form C. True only for letters
/// that this cannot touch; the rest is not worth the table.
pub fn is_left_alone(text: &str) -> bool {
    text.chars().all(|letter| {
        matches!(letter,
            '\0'..='\u{2ff}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}' | '\u{2010}'..='\u{2027}'
            | '\u{2030}'..='\u{205e}' | '\u{20a0}'..='\u{20bf}' | '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{26ff}'
            | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{1f300}'..='\u{1faff}')
    })
}

/// `name = expression`, a line each, their "=" below one another; what takes several lines stands for itself.
pub fn attributes(indent: &str, pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for run in pairs.chunk_by(|one, next| !one.1.contains('\n') && !next.1.contains('\n')) {
        let width = run.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        for (name, expression) in run {
            out.push_str(&format!("{indent}{name:<width$} = {expression}\n"));
        }
    }
    out
}
