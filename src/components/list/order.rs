//! Comparing rows as people order them. Pure.

use std::cmp::Ordering;

use crate::ui::Direction;

/// This order, or the other way round.
pub fn turned(order: Ordering, direction: Direction) -> Ordering {
    match direction {
        Direction::Up => order,
        Direction::Down => order.reverse(),
    }
}

/// What has no value yet comes last whichever way the column is sorted.
pub fn missing_last<T: Ord>(left: Option<T>, right: Option<T>, direction: Direction) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => turned(left.cmp(&right), direction),
        (left, right) => right.is_some().cmp(&left.is_some()),
    }
}

/// A text that compares as people order names: `debian-9` before `debian-12`, whatever the case.
pub fn natural_key(text: &str) -> String {
    /// Digits of the largest number that keeps its order; longer ones (timestamps of 20 digits) compare as text.
    const WIDTH: usize = 14;
    let lower = text.to_lowercase();
    let mut key = String::with_capacity(lower.len() + WIDTH);
    let mut digits = String::new();
    let flush = |digits: &mut String, key: &mut String| {
        for _ in digits.len()..WIDTH {
            if digits.is_empty() {
                break;
            }
            key.push('0');
        }
        key.push_str(digits);
        digits.clear();
    };
    for letter in lower.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            flush(&mut digits, &mut key);
            key.push(letter);
        }
    }
    flush(&mut digits, &mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_compare_by_their_value() {
        let check = |less: &str, more: &str| {
            assert!(natural_key(less) < natural_key(more), "{less} before {more}");
        };
        check("debian-9", "debian-12");
        check("Debian-9", "debian-10");
        check("a2b", "a10a");
        check("v1.9", "v1.10");
        check("", "a");
    }

    #[test]
    fn what_is_missing_is_last_both_ways() {
        for direction in [Direction::Up, Direction::Down] {
            assert_eq!(missing_last(Some(1), None, direction), Ordering::Less);
            assert_eq!(missing_last(None, Some(1), direction), Ordering::Greater);
            assert_eq!(missing_last::<u8>(None, None, direction), Ordering::Equal);
        }
        assert_eq!(missing_last(Some(1), Some(2), Direction::Down), Ordering::Greater);
    }
}
