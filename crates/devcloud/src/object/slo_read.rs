//! Reading a static large object: segment by segment, each looked up when its turn comes, nested manifests included
//! (slo.py, request_helpers.py `SegmentedIterable`).
//!
//! A segment that is gone, or is not any more what the manifest says, ends the walk. An object's file never changes under
//! its row, so that comparing ETag and size is enough; the bytes are not hashed once more.

use std::fmt;

use super::access::Access;
use super::files;
use super::manifest::{self, Segment};
use super::span::Span;
use super::stamp::Stamp;
use super::store;
use super::stream::Leaf;
use crate::state::Region;

/// How deep manifests may be nested.
const MAX_DEPTH: u8 = 10;

/// A part of a segment that is still to be read.
struct Part {
    segment: Segment,
    /// Within the segment's object.
    span: Span,
    depth: u8,
}

/// The way through a manifest.
pub(super) struct Walk {
    region: Region,
    project: String,
    access: Access,
    /// Last one first.
    parts: Vec<Part>,
}

/// Why a large object cannot be read on.
#[derive(Debug)]
pub(super) struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

impl Walk {
    pub(super) fn new(
        region: Region,
        project: String,
        access: Access,
        segments: &[Segment],
        span: Span,
    ) -> Self {
        let mut walk = Self { region, project, access, parts: Vec::new() };
        walk.push(segments, span, 1);
        walk
    }

    /// What of these segments falls into the span.
    fn push(&mut self, segments: &[Segment], span: Span, depth: u8) {
        let mut parts: Vec<Part> = cut(segments, span)
            .into_iter()
            .map(|(segment, span)| Part { segment: segment.clone(), span, depth })
            .collect();
        parts.reverse();
        self.parts.extend(parts);
    }

    /// The next piece of a file.
    pub(super) async fn next(&mut self) -> Result<Option<Leaf>, Broken> {
        while let Some(part) = self.parts.pop() {
            let name = part.segment.name.trim_start_matches('/').to_owned();
            if !self.access.reaches(&name) {
                return Err(Broken(format!("{name} is not in the container of the TempURL's key")));
            }
            let (project, now) = (self.project.clone(), Stamp::now(&self.region.clock));
            let path = name.clone();
            let found =
                self.region.db.read(move |conn| store::object_at(conn, &project, &path, now));
            let found = found.await.map_err(|error| Broken(error.to_string()))?;
            let object = found.ok_or_else(|| Broken(format!("{name} is gone")))?;
            if object.hash() != part.segment.hash || object.size() != part.segment.bytes {
                return Err(Broken(format!("{name} is not what the manifest says")));
            }
            let file = files::folder(&self.region).join(&object.file);
            let failed = |error: std::io::Error| Broken(format!("{name}: {error}"));
            if object.slo.is_none() {
                return Leaf::open(&file, part.span).await.map(Some).map_err(failed);
            }
            if part.depth >= MAX_DEPTH {
                return Err(Broken(format!("{name} is nested too deep")));
            }
            let segments = manifest::load(&file).await.map_err(failed)?;
            self.push(&segments, part.span, part.depth + 1);
        }
        Ok(None)
    }
}

/// Which part of which segment makes up the span.
fn cut(segments: &[Segment], span: Span) -> Vec<(&Segment, Span)> {
    let (mut skip, mut left) = (span.start, span.length);
    let mut parts = Vec::new();
    for segment in segments {
        let own = segment.span();
        if left == 0 {
            break;
        }
        if skip >= own.length {
            skip -= own.length;
            continue;
        }
        let length = (own.length - skip).min(left);
        parts.push((segment, Span { start: own.start + skip, length }));
        (skip, left) = (0, left - length);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(name: &str, bytes: u64, range: Option<&str>) -> Segment {
        Segment {
            name: name.to_owned(),
            bytes,
            hash: String::new(),
            content_type: String::new(),
            last_modified: String::new(),
            range: range.map(str::to_owned),
            sub_slo: false,
        }
    }

    fn check(start: u64, length: u64, expected: &[(&str, u64, u64)]) {
        let segments =
            [segment("a", 10, None), segment("b", 10, Some("2-5")), segment("c", 10, None)];
        let parts: Vec<_> = cut(&segments, Span { start, length })
            .into_iter()
            .map(|(segment, span)| (segment.name.as_str(), span.start, span.length))
            .collect();
        assert_eq!(parts, expected, "{length} from {start}");
    }

    #[test]
    fn a_span_is_cut_out_of_its_segments() {
        check(0, 24, &[("a", 0, 10), ("b", 2, 4), ("c", 0, 10)]);
        check(9, 3, &[("a", 9, 1), ("b", 2, 2)]);
        check(12, 4, &[("b", 4, 2), ("c", 0, 2)]);
        check(14, 1, &[("c", 0, 1)]);
        check(0, 0, &[]);
    }
}
