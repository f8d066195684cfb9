//! Who may send how much at once, when several uploads are under way. Pure.

/// Requests with data at once, of all uploads together. A browser opens six connections to a host that speaks HTTP/1.1;
/// what is left is for the pages, whose questions must not wait behind 32 MiB.
pub(super) const MOST_REQUESTS: usize = 4;

/// Uploads that send at once; more would only make each of them slower.
const MOST_UPLOADS: usize = 3;

/// How many requests each upload may have, given how many each could use (0: none now), the oldest first. Everybody whose
/// turn it is has one; what is then left goes round among those who can use more.
pub(super) fn share_out(wants: &[usize]) -> Vec<usize> {
    let mut shares = vec![0; wants.len()];
    let mut left = MOST_REQUESTS;
    let turn: Vec<(usize, usize)> = wants
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, wanted)| *wanted > 0)
        .take(MOST_UPLOADS)
        .collect();
    while left > 0 {
        let before = left;
        for (at, wanted) in &turn {
            if let Some(share) = shares.get_mut(*at).filter(|share| left > 0 && **share < *wanted) {
                *share += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_shared_fairly() {
        let check = |wants: &[usize], expected: &[usize]| {
            assert_eq!(share_out(wants), expected, "{wants:?}");
        };
        check(&[], &[]);
        check(&[4], &[4]);
        check(&[1], &[1]);
        check(&[4, 4], &[2, 2]);
        check(&[1, 4], &[1, 3]);
        check(&[4, 4, 4], &[2, 1, 1]);
        // The fourth waits, but not for one that rests or is done sending.
        check(&[4, 4, 4, 4], &[2, 1, 1, 0]);
        check(&[0, 4, 0, 4, 1], &[0, 2, 0, 1, 1]);
        check(&[1, 1, 1, 1], &[1, 1, 1, 0]);
    }
}
