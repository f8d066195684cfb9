//! Words for a POSIX shell, so that a command line shown on a page can be pasted as it stands.

/// `text` as one word: bare when nothing in it means anything to a shell, else in single quotes.
pub fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    // zsh looks for a program behind a "=" that begins a word.
    if !text.is_empty() && !text.starts_with('=') && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut word = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => word.push_str(r"'\''"),
            // A terminal could act on it while the line is pasted: it is spelled out.
            c if c.is_control() && c != '\n' => {
                word.push_str("'\"$(printf '");
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    word.push_str(&format!("\\{byte:03o}"));
                }
                word.push_str("')\"'");
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn one_word_whatever_is_in_it() {
        let check = |text: &str| {
            let done = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quote(text))])
                .output()
                .expect("a shell");
            assert_eq!(String::from_utf8_lossy(&done.stdout), text);
        };
        for text in [
            "plain-1.2",
            "",
            "two words",
            "it's",
            "$HOME `id` \\ \"",
            "åäö",
            "a;b|c&d>e",
            "*?[x]~#!",
            "=ls",
            "a\u{1b}[201~b'\r",
            "\u{9b}\n'x",
        ] {
            check(text);
        }
    }
}
