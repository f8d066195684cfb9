//! Ranges of bytes, as `Range` and manifests write them.

/// Part of something: where it begins and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u64,
    pub(super) length: u64,
}

/// What a range comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Part(Span),
    /// It begins behind the end, or is empty.
    Unsatisfiable,
    /// It is no range.
    Nonsense,
}

/// `0-9`, `10-`, `-5` of so many bytes.
pub(super) fn find(text: &str, of: u64) -> Found {
    let Some((start, end)) = text.trim().split_once('-') else { return Found::Nonsense };
    let number = |text: &str| text.parse::<u64>().ok();
    let (start, last) = match (start, end) {
        ("", end) => match number(end) {
            None => return Found::Nonsense,
            Some(0) => return Found::Unsatisfiable,
            Some(length) => (of.saturating_sub(length), of.saturating_sub(1)),
        },
        (start, "") => match number(start) {
            None => return Found::Nonsense,
            Some(start) => (start, of.saturating_sub(1)),
        },
        (start, end) => match (number(start), number(end)) {
            (Some(start), Some(end)) if start <= end => (start, end.min(of.saturating_sub(1))),
            _ => return Found::Nonsense,
        },
    };
    if start >= of {
        return Found::Unsatisfiable;
    }
    Found::Part(Span { start, length: last - start + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Found) {
        assert_eq!(find(text, 10), expected, "{text}");
    }

    #[test]
    fn ranges() {
        check("0-3", Found::Part(Span { start: 0, length: 4 }));
        check("4-", Found::Part(Span { start: 4, length: 6 }));
        check("-2", Found::Part(Span { start: 8, length: 2 }));
        check("-20", Found::Part(Span { start: 0, length: 10 }));
        check("5-100", Found::Part(Span { start: 5, length: 5 }));
        check("10-", Found::Unsatisfiable);
        check("-0", Found::Unsatisfiable);
        check("5-4", Found::Nonsense);
        check("a-b", Found::Nonsense);
        check("7", Found::Nonsense);
        assert_eq!(find("0-", 0), Found::Unsatisfiable);
    }
}
