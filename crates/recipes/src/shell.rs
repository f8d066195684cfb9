//! Words for a POSIX shell, so that a command line shown on a page can be pasted as it stands.

/// `text` as one word: bare when nothing in it means anything to a shell, else quoted as in the commands that `disk_image`
/// advises.
pub fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    // zsh looks for a program behind a "=" that begins a word.
    if !text.is_empty() && !text.starts_with('=') && text.chars().all(plain) {
        return text.to_owned();
    }
    disk_image::shell_word(text)
}

/// Text between the lines of a here-document in which the shell replaces variables, so that it replaces none.
pub fn in_here_document(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, letter| {
        if matches!(letter, '\\' | '$' | '`') {
            out.push('\\');
        }
        out.push(letter);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::{in_here_document, quote};

    const HOSTILE: &[&str] = &[
        "plain-1.2",
        "",
        "two words",
        "it's",
        "$HOME `id` \\ \" ${x} $(id) %{y}",
        "åäö",
        "a;b|c&d>e",
        "*?[x]~#!",
        "=ls",
        "two\nlines",
        "a\u{1b}[201~b'\r",
        "\u{9b}\n'x",
    ];

    fn said(script: &str) -> String {
        let done = std::process::Command::new("sh").args(["-c", script]).output();
        String::from_utf8_lossy(&done.expect("a shell").stdout).into_owned()
    }

    #[test]
    fn one_word_whatever_is_in_it() {
        for text in HOSTILE {
            assert_eq!(said(&format!("printf %s {}", quote(text))), *text);
        }
    }

    #[test]
    fn a_here_document_says_what_it_shows() {
        for text in HOSTILE {
            let script = format!("cat <<THE_END\n{}\nTHE_END\n", in_here_document(text));
            assert_eq!(said(&script), format!("{text}\n"));
        }
    }
}
