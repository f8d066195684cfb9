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
