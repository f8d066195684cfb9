//! The hashes of a file in segments, against hashing it at once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

use hashing::{Begin, Checkpoint, Hashed, Names, Segments, Wanted, hex, is_zero};
use sha2::{Digest, Sha512};

/// Bytes without a pattern.
fn bytes(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn sha512(file: &[u8]) -> String {
    hex(&Sha512::digest(file))
}

fn names(segment: &[u8]) -> Names {
    Names {
        md5: hex(&md5::Md5::digest(segment)),
        blake3: blake3::hash(segment).to_hex().to_string(),
        zeros: is_zero(segment),
    }
}

/// Hashes a file twice, as the two workers do, and puts together what they say.
fn both(file: &[u8], segment: u64, begin: &Begin, window: usize) -> (Vec<Hashed>, Option<String>) {
    let (mut all, no_whole) = run(file, Segments::new(segment, Wanted::Names, begin), window);
    let (checkpoints, whole) = run(file, Segments::new(segment, Wanted::Whole, begin), window);
    assert_eq!((no_whole, all.len()), (None, checkpoints.len()));
    for (one, other) in all.iter_mut().zip(checkpoints) {
        assert_eq!((one.index, one.length_bytes), (other.index, other.length_bytes));
        assert_eq!((&one.checkpoint, &other.names), (&None, &None));
        one.checkpoint = other.checkpoint;
    }
    (all, whole)
}

/// Feeds what the hasher asks for, in windows.
fn run(file: &[u8], mut hasher: Segments, window: usize) -> (Vec<Hashed>, Option<String>) {
    let mut all = Vec::new();
    for piece in file[usize::try_from(hasher.begins_at()).unwrap()..].chunks(window) {
        all.extend(hasher.feed(piece));
    }
    assert_eq!(hasher.at(), file.len() as u64);
    let (last, whole) = hasher.finish();
    all.extend(last);
    (all, whole)
}

/// Every segment of a file as it should be, hashed at once.
fn check(file: &[u8], segment: usize, window: usize) {
    let about = format!("{} bytes, segments of {segment}, windows of {window}", file.len());
    let (hashed, whole) = both(file, segment as u64, &Begin::default(), window);
    assert_eq!(whole.as_deref(), Some(sha512(file).as_str()), "{about}");
    assert_eq!(hashed.len(), file.len().div_ceil(segment), "{about}");
    for (one, expected) in hashed.iter().zip(file.chunks(segment)) {
        assert_eq!(one.length_bytes, expected.len() as u64, "{about}");
        assert_eq!(one.names, Some(names(expected)), "{about}, segment {}", one.index);
    }
    assert!(hashed.iter().enumerate().all(|(at, one)| one.index == at as u64), "{about}");
}

#[test]
fn a_file_of_any_length_in_windows_of_any_length() {
    let file = bytes(10_000);
    for length in [0, 1, 999, 1000, 1001, 2000, 4096, 9999, 10_000] {
        for window in [1, 7, 64, 1000, 1001, 4096, 20_000] {
            check(&file[..length], 1000, window);
        }
    }
    check(&file, 10_000, 333);
    check(&file, 20_000, 333);
    check(&file[..300], 1, 7);
}

#[test]
fn zeros_are_hashed_as_everything_else() {
    let zeros = vec![0; 70_000 * 4];
    check(&zeros, 70_000, 4096);
    check(&zeros[..250_000], 70_000, 4096);
    for at in [0, 1, 63, 64, 4095, 69_999, 70_000, 140_000, 279_999] {
        let mut file = zeros.clone();
        file[at] = 1;
        check(&file, 70_000, 4096);
        check(&file, 70_000, 50_000);
    }
}

#[test]
fn zeros_are_told_from_everything_else() {
    let mut some = vec![0; 1000];
    for length in [0, 1, 63, 64, 65, 128, 1000] {
        assert!(is_zero(&some[..length]));
    }
    for at in 0..some.len() {
        some[at] = 128;
        assert!(!is_zero(&some), "{at}");
        some[at] = 0;
    }
}

/// The SHA-512 goes on after every segment as if nothing had happened.
#[test]
fn it_goes_on_from_every_checkpoint() {
    let file = bytes(5_555);
    let (first, whole) = both(&file, 1000, &Begin::default(), 64);
    for (at, one) in first.iter().take(5).enumerate() {
        let checkpoint = one.checkpoint.clone().unwrap();
        assert!(checkpoint.len() < 256, "{}", checkpoint.len());
        let begin = Begin { from_segment: one.index + 1, checkpoint };
        for wanted in [Wanted::Names, Wanted::Whole] {
            let hasher = Segments::new(1000, wanted, &begin);
            assert_eq!(hasher.begins_at(), (one.index + 1) * 1000);
        }
        let (rest, again) = both(&file, 1000, &begin, 77);
        assert_eq!(again, whole, "after segment {at}");
        assert_eq!(rest, first[at + 1..], "after segment {at}");
    }
    // The last one is after the last byte: nothing is left to read.
    let checkpoint = first[5].checkpoint.clone().unwrap();
    let last = Checkpoint::from_bytes(&checkpoint).unwrap();
    assert_eq!((last.seen_bytes, Some(hex(&last.state.finalize()))), (5_555, whole));
}

/// A checkpoint that is damaged, of another place or of another release costs time, never a wrong hash.
#[test]
fn without_a_fitting_checkpoint_the_whole_is_read_again() {
    let file = bytes(5_000);
    let (first, whole) = both(&file, 1000, &Begin::default(), 512);
    let right = first[2].checkpoint.clone().unwrap();
    let mut other_release = right.clone();
    other_release[3] = b'2';
    for checkpoint in [
        vec![],
        vec![0; 300],
        right[..right.len() - 1].to_vec(),
        other_release,
        first[1].checkpoint.clone().unwrap(),
    ] {
        let begin = Begin { from_segment: 3, checkpoint };
        for wanted in [Wanted::Names, Wanted::Whole] {
            assert_eq!(Segments::new(1000, wanted, &begin).begins_at(), 0);
        }
        let (rest, again) = both(&file, 1000, &begin, 512);
        assert_eq!((rest.as_slice(), &again), (&first[3..], &whole));
    }
}
