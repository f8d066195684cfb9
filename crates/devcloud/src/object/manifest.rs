//! Manifests of static large objects: as they are put, as they are kept (swift/common/middleware/slo.py).

use std::io;
use std::path::Path;

use axum::http::StatusCode;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use serde_json::ser::Formatter;
use serde_json::{Map, Value};

use super::reply::{Answer, Refusal};
use super::span::{self, Found, Span};
use crate::sparse;

/// A segment as a manifest that is put names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// `/container/object`, as it was written.
    pub(super) path: String,
    pub(super) etag: Option<String>,
    pub(super) size_bytes: Option<u64>,
    pub(super) range: Option<String>,
}

/// A segment as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Segment {
    pub(super) name: String,
    /// Of the whole object, also when a range of it is meant.
    pub(super) bytes: u64,
    pub(super) hash: String,
    pub(super) content_type: String,
    pub(super) last_modified: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) range: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) sub_slo: bool,
}

impl Segment {
    /// Which part of the object is meant.
    pub(super) fn span(&self) -> Span {
        match self.range.as_deref().map(|range| span::find(range, self.bytes)) {
            Some(Found::Part(part)) => part,
            _ => Span { start: 0, length: self.bytes },
        }
    }
}

/// Reads what was put. `own` is where it is put, which may not name itself.
pub(super) fn parse(text: &[u8], own: &str) -> Answer<Vec<Wanted>> {
    let refused = |words: String| Refusal::html(StatusCode::BAD_REQUEST, words);
    let value: Value = serde_json::from_slice(text)
        .map_err(|_| refused(String::from("Manifest must be valid JSON.\n")))?;
    let Value::Array(entries) = value else {
        return Err(refused(String::from("Manifest must be a list.\n")));
    };
    let (mut wanted, mut problems) = (Vec::new(), String::new());
    for (index, entry) in entries.iter().enumerate() {
        match parse_entry(entry, own) {
            Ok(entry) => wanted.push(entry),
            Err(problem) => problems.push_str(&format!("Index {index}: {problem}\n")),
        }
    }
    if problems.is_empty() { Ok(wanted) } else { Err(refused(problems)) }
}

fn parse_entry(entry: &Value, own: &str) -> Result<Wanted, String> {
    let entry: &Map<String, Value> = entry.as_object().ok_or("not a JSON object")?;
    let path = match entry.get("path") {
        Some(Value::String(path)) => path.clone(),
        Some(_) => return Err(String::from("path must be a string")),
        None if entry.contains_key("data") => {
            return Err(String::from("this cloud takes no inline data"));
        }
        None => return Err(String::from("expected keys to include one of \"path\" or \"data\"")),
    };
    const KNOWN: [&str; 4] = ["path", "etag", "size_bytes", "range"];
    let extra: Vec<String> = entry
        .keys()
        .filter(|key| !KNOWN.contains(&key.as_str()))
        .map(|key| format!("\"{key}\""))
        .collect();
    if !extra.is_empty() {
        return Err(format!("extraneous keys {}", extra.join(", ")));
    }
    if !path
        .trim_start_matches('/')
        .split_once('/')
        .is_some_and(|(c, o)| !c.is_empty() && !o.is_empty())
    {
        let words = "path does not refer to an object. Path must be of the form /container/object.";
        return Err(String::from(words));
    }
    if path.trim_start_matches('/') == own.trim_start_matches('/') {
        return Err(String::from("manifest must not include itself as a segment"));
    }
    let size_bytes = match entry.get("size_bytes") {
        None | Some(Value::Null) => None,
        Some(Value::Number(number)) => Some(number.as_u64().ok_or("invalid size_bytes")?),
        Some(Value::String(text)) => Some(text.parse().map_err(|_| "invalid size_bytes")?),
        Some(_) => return Err(String::from("invalid size_bytes")),
    };
    if size_bytes == Some(0) {
        return Err(String::from("too small; each segment must be at least 1 byte."));
    }
    let text = |key: &str, words: &str| match entry.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(words.to_owned()),
    };
    let range = text("range", "invalid range")?.filter(|range| !range.is_empty());
    if range.as_deref().is_some_and(|range| span::find(range, u64::MAX) == Found::Nonsense) {
        return Err(String::from("invalid range"));
    }
    let etag = text("etag", "etag must be a string")?.map(|etag| etag.trim_matches('"').to_owned());
    Ok(Wanted { path, etag, size_bytes, range })
}

/// As it is kept.
pub(super) fn stored(segments: &[Segment]) -> Answer<String> {
    written(&segments)
}

/// As it may be put again.
pub(super) fn raw(segments: &[Segment]) -> Answer<String> {
    #[derive(Serialize)]
    struct Raw<'a> {
        etag: &'a str,
        path: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        range: Option<&'a str>,
        size_bytes: u64,
    }
    let raw: Vec<Raw<'_>> = segments
        .iter()
        .map(|segment| Raw {
            etag: &segment.hash,
            path: &segment.name,
            range: segment.range.as_deref(),
            size_bytes: segment.bytes,
        })
        .collect();
    written(&raw)
}

/// The manifest in a file.
pub(super) async fn load(path: &Path) -> io::Result<Vec<Segment>> {
    read(&tokio::fs::read(path).await?)
}

/// The manifest in what was kept.
pub(super) fn read(text: &[u8]) -> io::Result<Vec<Segment>> {
    serde_json::from_slice(text).map_err(io::Error::other)
}

/// The ETag of the whole: MD5 of the segments' own.
pub(super) fn etag(segments: &[Segment]) -> String {
    let mut hash = Md5::new();
    for segment in segments {
        hash.update(&segment.hash);
        if let Some(range) = &segment.range {
            hash.update(format!(":{range};"));
        }
    }
    sparse::hex(&hash.finalize())
}

pub(super) fn md5(bytes: &[u8]) -> String {
    sparse::hex(&Md5::digest(bytes))
}

/// JSON as Python's `json.dumps` writes it: the ETag of a manifest is made of these very bytes.
fn written(value: &impl Serialize) -> Answer<String> {
    struct Python;
    impl Formatter for Python {
        fn begin_array_value<W: ?Sized + io::Write>(
            &mut self,
            w: &mut W,
            first: bool,
        ) -> io::Result<()> {
            if first { Ok(()) } else { w.write_all(b", ") }
        }

        fn begin_object_key<W: ?Sized + io::Write>(
            &mut self,
            w: &mut W,
            first: bool,
        ) -> io::Result<()> {
            if first { Ok(()) } else { w.write_all(b", ") }
        }

        fn begin_object_value<W: ?Sized + io::Write>(&mut self, w: &mut W) -> io::Result<()> {
            w.write_all(b": ")
        }
    }
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Python);
    let text = value.serialize(&mut serializer).map_err(io::Error::other);
    text.and_then(|()| String::from_utf8(bytes).map_err(io::Error::other)).map_err(Refusal::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded() -> Vec<Segment> {
        let segment = |name: &str, hash: &str| Segment {
            name: format!("/wire/disk.raw_segments/{name}"),
            bytes: 1_048_576,
            hash: hash.to_owned(),
            content_type: String::from("application/octet-stream"),
            last_modified: String::from("2026-11-22T17:56:46.000000"),
            range: None,
            sub_slo: false,
        };
        vec![
            segment("00000000", "e6065c4aa2ab1603008fc18410f579d4"),
            segment("00000001", "3310df4c5ca4509740f3ada8d0c946c2"),
            segment("00000002", "c3cda277453831cdb8d94454ec44f7a8"),
        ]
    }

    #[test]
    fn the_recorded_manifest_has_the_recorded_etags() {
        let segments = recorded();
        assert_eq!(etag(&segments), "65e9445b77b106d9a2dc14db9c8c7141");
        let kept = stored(&segments).unwrap();
        assert_eq!(
            (kept.len(), md5(kept.as_bytes()).as_str()),
            (597, "482f1d35dc58734cc8112e25697b2284")
        );
        assert_eq!(read(kept.as_bytes()).unwrap(), segments);
        let again = raw(&segments).unwrap();
        assert_eq!(
            (again.len(), md5(again.as_bytes()).as_str()),
            (339, "9a9b21434e294b5f5b5b465f10060bc8")
        );
    }

    fn refused(text: &str, expected: &str) {
        let refusal = parse(text.as_bytes(), "/c/own").unwrap_err();
        let body = refusal.0.into_body();
        let bytes = futures_util::FutureExt::now_or_never(axum::body::to_bytes(body, 1000));
        let words = String::from_utf8(bytes.unwrap().unwrap().to_vec()).unwrap();
        assert_eq!(words, expected, "{text}");
    }

    #[test]
    fn what_is_no_manifest_is_refused_in_words() {
        refused("not json", "Manifest must be valid JSON.\n");
        refused("{}", "Manifest must be a list.\n");
        refused("[1]", "Index 0: not a JSON object\n");
        refused("[{}]", "Index 0: expected keys to include one of \"path\" or \"data\"\n");
        refused(
            r#"[{"path":"/c/own"}]"#,
            "Index 0: manifest must not include itself as a segment\n",
        );
        refused(
            r#"[{"path":"/c"},{"path":"/c/o","size_bytes":-1}]"#,
            "Index 0: path does not refer to an object. Path must be of the form /container/object.\nIndex 1: invalid \
             size_bytes\n",
        );
        refused(r#"[{"path":"/c/o","colour":1}]"#, "Index 0: extraneous keys \"colour\"\n");
    }

    #[test]
    fn an_entry_may_be_brief() {
        let wanted =
            parse(br#"[{"path":"c/o","etag":null,"size_bytes":"7","range":"1-3"}]"#, "/c/own")
                .unwrap();
        let expected = Wanted {
            path: "c/o".into(),
            etag: None,
            size_bytes: Some(7),
            range: Some("1-3".into()),
        };
        assert_eq!(wanted, [expected]);
    }
}
