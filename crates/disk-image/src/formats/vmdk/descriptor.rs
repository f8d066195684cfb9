//! The text that describes a VMDK disk.

use super::text;

/// A name of a kind that is longer than this is no name, says the inspector.
const MOST_KIND_BYTES: usize = 64;
/// How many of the files that make a disk are named at most.
const MOST_FILES: usize = 64;

/// What the text says. Lines are ASCII and their case does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Descriptor {
    /// `monolithicSparse` and so on.
    pub(super) create_type: Option<String>,
    /// The file of the disk that this one builds on, where it is named.
    pub(super) parent_file: Option<String>,
    parent_id: Option<String>,
    extents: Vec<Extent>,
    /// The first line that is none of those that a description has, or that names a path.
    unsafe_line: Option<String>,
}

/// One line of the disk: so many sectors, from this file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Extent {
    sectors: u64,
    file: Option<String>,
}

impl Descriptor {
    pub(super) fn read(region: &[u8]) -> Self {
        let is_ascii = region.split(|byte| *byte == 0).next().is_some_and(<[u8]>::is_ascii);
        let content = text(region);
        let mut found = Self::default();
        for line in content.split('\n').map(str::trim) {
            let is_comment = line.is_empty() || line.starts_with('#');
            if is_comment || starts_with(line, "ddb") {
                continue;
            }
            match line.split_once('=').filter(|(name, _)| !name.contains(' ')) {
                Some((name, value)) => found.field(name, value.trim()),
                None => found.extent(line),
            }
        }
        // The inspector takes the first occurrence anywhere, in quotes.
        found.create_type = create_type(&content).filter(|_| is_ascii);
        found
    }

    fn field(&mut self, name: &str, value: &str) {
        let value = value.trim_matches('"').to_owned();
        if name.eq_ignore_ascii_case("parentCID") {
            self.parent_id = Some(value);
        } else if name.eq_ignore_ascii_case("parentFileNameHint") {
            self.parent_file = Some(value);
        }
    }

    fn extent(&mut self, line: &str) {
        let mut words = line.split(' ');
        let access = words.next().unwrap_or_default();
        let known =
            ["RW", "RDONLY", "NOACCESS"].iter().any(|word| access.eq_ignore_ascii_case(word));
        if !known || line.contains('/') {
            self.unsafe_line.get_or_insert_with(|| line.chars().take(80).collect());
        }
        if known {
            self.extents.push(Extent {
                sectors: words.next().and_then(|word| word.parse().ok()).unwrap_or(0),
                file: line.split('"').nth(1).map(str::to_owned),
            });
        }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Why the inspector would not trust the text; in the text's own words where it can be shown.
    pub(super) fn unsafe_line(&self) -> Option<String> {
        match (&self.unsafe_line, self.extents.is_empty()) {
            (Some(line), _) => Some(line.clone()),
            (None, true) => Some("no extents".to_owned()),
            (None, false) => None,
        }
    }

    /// Whether it holds only what differs from another disk.
    pub(super) fn has_parent(&self) -> bool {
        self.parent_id.as_ref().is_some_and(|id| !id.eq_ignore_ascii_case("ffffffff"))
    }

    /// The disk's size, as the extents add up.
    pub(super) fn extents_bytes(&self) -> Option<u64> {
        self.extents
            .iter()
            .try_fold(0_u64, |sum, extent| sum.checked_add(extent.sectors))?
            .checked_mul(512)
    }

    /// The files that have the data.
    pub(super) fn extent_files(&self) -> Vec<String> {
        self.extents.iter().filter_map(|extent| extent.file.clone()).take(MOST_FILES).collect()
    }
}

/// What stands behind `createType="`, in its own case.
fn create_type(content: &str) -> Option<String> {
    const KEY: &str = "createtype=\"";
    let start = content.to_ascii_lowercase().find(KEY)? + KEY.len();
    let rest = content.get(start..)?;
    match rest.split_once('"') {
        Some((kind, _)) => (kind.len() < MOST_KIND_BYTES).then(|| kind.to_owned()),
        // Cut short, which is a name to the inspector all the same.
        None => Some(rest.chars().take(MOST_KIND_BYTES).collect()),
    }
}

fn starts_with(line: &str, word: &str) -> bool {
    line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}
