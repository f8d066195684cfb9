//! Whatever is given, nothing panics and nothing takes for ever: every sample cut short anywhere, with bytes changed, taken
//! out and doubled, and texts of nothing but what YAML has a meaning for.

use cloud_init::{Guest, Snippet, add, check};

/// The same numbers every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % most.max(1)
    }
}

fn look(bytes: &[u8]) {
    for guest in [Guest::Linux, Guest::Windows] {
        let report = check(bytes, guest);
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let lines = text.split('\n').count();
        for finding in report.findings {
            assert!(finding.place.line <= lines + 1, "{finding:?} of {text:?}");
            if let Some(fix) = finding.fix {
                // It can be done, or it says that it cannot.
                let _mended = fix.apply(text);
            }
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        add(
            text,
            &Snippet {
                entries: vec![("packages", "- git".into()), ("package_update", "true".into())],
            },
        );
    }
}

/// Bytes that mean something, or nothing at all.
const MEANING: &[u8] = b" \n\t:-#'\"{}[]|>&*!%@\\,?a0\xff\xc3";

#[test]
fn damaged_samples() {
    let samples = include_str!("oracle/samples.txt").replace("<TAB>", "\t");
    let mut dice = Dice(7);
    for sample in samples.split("\n=== ").skip(1) {
        let bytes = sample.split_once('\n').map_or("", |(_, text)| text).as_bytes();
        for _ in 0..40 {
            let mut damaged = bytes.to_vec();
            for _ in 0..=dice.below(3) {
                let at = dice.below(damaged.len());
                match dice.below(4) {
                    0 => damaged.truncate(at),
                    1 if !damaged.is_empty() => damaged[at] = MEANING[dice.below(MEANING.len())],
                    2 if !damaged.is_empty() => {
                        damaged.remove(at);
                    }
                    _ => {
                        let piece = damaged[at.min(damaged.len())..].to_vec();
                        damaged.extend(piece);
                    }
                }
            }
            look(&damaged);
        }
    }
}

#[test]
fn letters_that_mean_something() {
    const LETTERS: [&str; 30] = [
        "a", " ", "\n", "\t", ":", ": ", "- ", "#", "'", "\"", "{", "}", "[", "]", ",", "|", ">",
        "&a ", "*a", "!b ", "<<: ", "? ", "---", "...", "%", "users:\n", "  ", "\r\n", "é",
        "{{ x }}",
    ];
    const STARTS: [&str; 6] = [
        "#cloud-config\n",
        "#cloud-config-archive\n",
        "## template: jinja\n#cloud-config\n",
        "Content-Type: multipart/mixed; boundary=\"b\"\nMIME-Version: 1.0\n\n--b\nContent-Type: text/cloud-config\n\n",
        "#include\n",
        "",
    ];
    let mut dice = Dice(11);
    for round in 0..3_000 {
        let mut text = STARTS[round % STARTS.len()].to_owned();
        for _ in 0..dice.below(40) {
            text.push_str(LETTERS[dice.below(LETTERS.len())]);
        }
        look(text.as_bytes());
    }
}

#[test]
fn what_would_take_for_ever() {
    let deep = format!("#cloud-config\na: {}", "[".repeat(20_000));
    look(deep.as_bytes());
    let mut bomb = "#cloud-config\nusers:\n  - &a {name: a}\n".to_owned();
    for level in 1..20 {
        let (name, of) = (char::from(b'a' + level), char::from(b'a' + level - 1));
        bomb.push_str(&format!("  - &{name} [*{of}, *{of}, *{of}, *{of}]\n"));
    }
    look(bomb.as_bytes());
    let long = format!("#cloud-config\nruncmd:\n{}", "  - echo hello world\n".repeat(20_000));
    look(long.as_bytes());
    look(&[0xff; 100_000]);
    look("{{".repeat(30_000).as_bytes());
}
