//! The known word that was probably meant.

/// The nearest of `known` to `written`: one or two slips of the keyboard, or the same but for `-`, `_` and an s.
pub(crate) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(written);
    let allowed = match written.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    known
        .map(|word| {
            let slips = if self::plain(word) == plain { 0 } else { distance(written, word) };
            (slips, word)
        })
        .filter(|(slips, _)| *slips <= allowed)
        .min_by_key(|(slips, word)| (*slips, word.chars().next() != written.chars().next()))
        .map(|(_, word)| word)
}

fn plain(word: &str) -> String {
    let letters =
        word.chars().filter(|letter| !matches!(letter, '-' | '_' | ' ')).collect::<String>();
    let letters = letters.to_lowercase();
    letters.strip_suffix('s').map_or(letters.clone(), str::to_owned)
}

/// Letters to put in, take out, replace or swap with the next one.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    if from.len().abs_diff(to.len()) > 3 || from.len() > 64 {
        return usize::MAX;
    }
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
    let mut older: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let replaced = at(&last, column) + usize::from(letter != other);
            let mut best = replaced.min(at(&last, column + 1) + 1).min(at(&next, column) + 1);
            let before =
                |word: &[char], at: usize| at.checked_sub(1).and_then(|at| word.get(at).copied());
            if row > 0
                && column > 0
                && before(&from, row) == Some(*other)
                && before(&to, column) == Some(*letter)
            {
                best = best.min(at(&older, column - 1).saturating_add(1));
            }
            next.push(best);
        }
        older = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known =
            ["runcmd", "users", "package_update", "packages", "ssh_authorized_keys", "ntp", "apt"];
        let check = |written: &str, expected: Option<&str>| {
            assert_eq!(nearest(written, known.into_iter()), expected, "{written}");
        };
        check("run_cmd", Some("runcmd"));
        check("rnucmd", Some("runcmd"));
        check("user", Some("users"));
        check("package", Some("packages"));
        check("ssh-authorized-keys", Some("ssh_authorized_keys"));
        check("ssh_autorized_key", Some("ssh_authorized_keys"));
        check("packge_update", Some("package_update"));
        check("np", None);
        check("atp", Some("apt"));
        check("docker", None);
        check("", None);
    }
}
