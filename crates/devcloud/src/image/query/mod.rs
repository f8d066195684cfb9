//! `GET /v2/images?...`: what the query string asks for, checked as Glance checks it.
//!
//! Mirrors `RequestDeserializer.index` (glance/api/v2/images.py) and `_make_conditions_from_filters`
//! (glance/db/sqlalchemy/api.py). Knows nothing of the database.

mod values;

use values::{leading_number, operator, quote_plus, seconds, split_list};

use crate::image::fault::{Answer, Fault};

/// Glance's `limit_param_default`.
const DEFAULT_LIMIT: usize = 25;
/// Glance's `api_limit_max`.
const MAX_LIMIT: usize = 1000;

/// A column that can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// Case-insensitive, as Glance's MariaDB collation.
    Name,
    /// By name of the status.
    Status,
    /// Null first.
    ContainerFormat,
    /// Null first.
    DiskFormat,
    /// Null first.
    Size,
    /// UUID.
    Id,
    /// Seconds.
    CreatedAt,
    /// Seconds.
    UpdatedAt,
}

const SORT_KEYS: [(&str, SortKey); 8] = [
    ("name", SortKey::Name),
    ("status", SortKey::Status),
    ("container_format", SortKey::ContainerFormat),
    ("disk_format", SortKey::DiskFormat),
    ("size", SortKey::Size),
    ("id", SortKey::Id),
    ("created_at", SortKey::CreatedAt),
    ("updated_at", SortKey::UpdatedAt),
];

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// Comparison with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `gt:`
    Gt,
    /// `gte:`
    Gte,
    /// `lt:`
    Lt,
    /// `lte:`
    Lte,
    /// `neq:`
    Neq,
    /// `eq:`, or no operator.
    Eq,
}

/// One condition that an image must meet; all of them must be met.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// A text column equals one of these, whatever the case.
    Text(&'static str, Vec<String>),
    /// A number column equals this.
    Number(&'static str, i64),
    /// A number column is at least this.
    Min(&'static str, i64),
    /// A number column is at most this.
    Max(&'static str, i64),
    /// `created_at` or `updated_at`, seconds.
    Time(&'static str, Compare, i64),
    /// Has this tag.
    Tag(String),
    /// Has this property with this whole value, whatever the case.
    Property(String, String),
}

/// Which images are meant by visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// No filter: all that is visible but other projects' community images.
    Default,
    /// `visibility=all`.
    All,
    /// Exactly this one.
    Only(&'static str),
}

/// A checked query.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// How many at most.
    pub limit: usize,
    /// Id of the last image of the page before.
    pub marker: Option<String>,
    /// `accepted`, `pending`, `rejected`, or `all`.
    pub member_status: &'static str,
    /// Asked-for visibility.
    pub visibility: Visibility,
    /// Conditions.
    pub filters: Vec<Filter>,
    /// Never empty; ends in `created_at` and `id`, so that the order is total.
    pub sort: Vec<(SortKey, Direction)>,
    /// The query string for `first`, without the marker: repeated parameters are dropped but for the last, as Glance does.
    pub carried: String,
}

impl Query {
    /// Reads the raw query string.
    pub fn parse(raw: &str) -> Answer<Self> {
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
        let last = |key: &str| pairs.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let sort = sort_order(&pairs)?;
        let limit = match last("limit") {
            Some(text) => limit(text)?,
            None => DEFAULT_LIMIT,
        };
        let member_status = match last("member_status").unwrap_or("accepted") {
            "accepted" => "accepted",
            "pending" => "pending",
            "rejected" => "rejected",
            "all" => "all",
            other => return Err(Fault::bad_request(format!("Invalid status: {other}"))),
        };
        let visibility = match last("visibility") {
            None | Some("") => Visibility::Default,
            Some("all") => Visibility::All,
            Some(text) => match crate::image::schema::VISIBILITIES.iter().find(|v| **v == text) {
                Some(known) => Visibility::Only(known),
                None => {
                    return Err(Fault::bad_request(format!("Invalid visibility value: {text}")));
                }
            },
        };
        if last("changes-since").is_some_and(|v| !v.is_empty()) {
            let words = "The \"changes-since\" filter is no longer available on v2.";
            return Err(Fault::bad_request(words));
        }
        Ok(Self {
            limit: limit.min(MAX_LIMIT),
            marker: last("marker").map(str::to_owned),
            member_status,
            visibility,
            filters: filters(&pairs)?,
            sort,
            carried: carried(&pairs),
        })
    }
}

fn limit(text: &str) -> Answer<usize> {
    match text.trim().parse::<i64>() {
        Err(_) => Err(Fault::bad_request("limit param must be an integer")),
        Ok(n) => usize::try_from(n).map_err(|_| Fault::bad_request("limit param must be positive")),
    }
}

fn sort_key(text: &str) -> Answer<SortKey> {
    let known = SORT_KEYS.iter().find(|(name, _)| *name == text.trim()).map(|(_, key)| *key);
    known.ok_or_else(|| {
        let names: Vec<_> = SORT_KEYS.iter().map(|(name, _)| *name).collect();
        Fault::bad_request(format!(
            "Invalid sort key: {}. It must be one of the following: {}.",
            text.trim(),
            names.join(", ")
        ))
    })
}

fn sort_dir(text: &str) -> Answer<Direction> {
    match text.trim() {
        "asc" => Ok(Direction::Asc),
        "desc" => Ok(Direction::Desc),
        other => Err(Fault::bad_request(format!("Invalid sort direction: {other}"))),
    }
}

fn sort_order(pairs: &[(String, String)]) -> Answer<Vec<(SortKey, Direction)>> {
    let all =
        |key: &'static str| pairs.iter().filter(move |(k, _)| k == key).map(|(_, v)| v.as_str());
    let mut order = Vec::new();
    let mut default = Direction::Desc;
    if let Some(sort) = all("sort").next_back() {
        if all("sort_key").next().is_some() || all("sort_dir").next().is_some() {
            return Err(Fault::bad_request("Old and new sorting syntax cannot be combined"));
        }
        for part in sort.trim().split(',') {
            let (key, dir) = part.split_once(':').unwrap_or((part, ""));
            let dir = if dir.is_empty() { "desc" } else { dir };
            order.push((sort_key(key)?, sort_dir(dir)?));
        }
    } else {
        // `MultiDict.pop` takes the first one each time, so the order is the one given.
        let keys: Vec<SortKey> = all("sort_key").map(sort_key).collect::<Answer<_>>()?;
        let dirs: Vec<Direction> = all("sort_dir").map(sort_dir).collect::<Answer<_>>()?;
        if dirs.len() > 1 && dirs.len() != keys.len() {
            let words = "Number of sort dirs does not match the number of sort keys";
            return Err(Fault::bad_request(words));
        }
        let keys = if keys.is_empty() { vec![SortKey::CreatedAt] } else { keys };
        if let [one] = dirs.as_slice() {
            default = *one;
        }
        for (i, key) in keys.iter().enumerate() {
            order.push((*key, dirs.get(i).copied().unwrap_or(default)));
        }
    }
    if let [(_, only)] = order.as_slice() {
        default = *only;
    }
    for key in [SortKey::CreatedAt, SortKey::Id] {
        if !order.iter().any(|(k, _)| *k == key) {
            order.push((key, default));
        }
    }
    Ok(order)
}

fn filters(pairs: &[(String, String)]) -> Answer<Vec<Filter>> {
    let mut out: Vec<Filter> = Vec::new();
    let mut hidden = 0;
    for (i, (key, value)) in pairs.iter().enumerate() {
        if key == "tag" {
            out.push(Filter::Tag(value.trim().to_owned()));
            continue;
        }
        // Of a repeated filter the last one counts.
        if pairs.iter().skip(i + 1).any(|(k, _)| k == key) {
            continue;
        }
        let number = || leading_number(value);
        match key.as_str() {
            "limit" | "marker" | "member_status" | "sort" | "sort_key" | "sort_dir"
            | "visibility" | "changes-since" | "deleted" => {}
            "os_hidden" => hidden = boolean("os_hidden", &value.to_lowercase())?,
            "protected" => out.push(Filter::Number("protected", boolean("protected", value)?)),
            "name" => out.push(one_of("name", value)?),
            "id" => out.push(one_of("id", value)?),
            "status" => out.push(one_of("status", value)?),
            "container_format" => out.push(one_of("container_format", value)?),
            "disk_format" => out.push(one_of("disk_format", value)?),
            "created_at" => out.push(time("created_at", value)?),
            "updated_at" => out.push(time("updated_at", value)?),
            "size_min" => out.push(Filter::Min("size", range(value)?)),
            "size_max" => out.push(Filter::Max("size", range(value)?)),
            "virtual_size_min" => out.push(Filter::Min("virtual_size", range(value)?)),
            "virtual_size_max" => out.push(Filter::Max("virtual_size", range(value)?)),
            "min_disk_min" => out.push(Filter::Min("min_disk", range(value)?)),
            "min_disk_max" => out.push(Filter::Max("min_disk", range(value)?)),
            "min_ram_min" => out.push(Filter::Min("min_ram", range(value)?)),
            "min_ram_max" => out.push(Filter::Max("min_ram", range(value)?)),
            "size" => out.push(Filter::Number("size", number())),
            "virtual_size" => out.push(Filter::Number("virtual_size", number())),
            "min_disk" => out.push(Filter::Number("min_disk", number())),
            "min_ram" => out.push(Filter::Number("min_ram", number())),
            "owner" => out.push(Filter::Text("owner", vec![value.clone()])),
            "checksum" => out.push(Filter::Text("checksum", vec![value.clone()])),
            "os_hash_algo" => out.push(Filter::Text("os_hash_algo", vec![value.clone()])),
            "os_hash_value" => out.push(Filter::Text("os_hash_value", vec![value.clone()])),
            _ => out.push(Filter::Property(key.clone(), value.clone())),
        }
    }
    out.push(Filter::Number("os_hidden", hidden));
    Ok(out)
}

fn boolean(key: &str, value: &str) -> Answer<i64> {
    match value {
        "true" => Ok(1),
        "false" => Ok(0),
        _ => Err(Fault::bad_request(format!(
            "Invalid value '{value}' for '{key}' filter. Valid values are 'true' or 'false'."
        ))),
    }
}

fn range(value: &str) -> Answer<i64> {
    let words = "Unable to filter on a range with a non-numeric value.";
    value.trim().parse().map_err(|_| Fault::bad_request(words))
}

fn one_of(column: &'static str, value: &str) -> Answer<Filter> {
    match operator(value) {
        ("in", list) => Ok(Filter::Text(column, split_list(list)?)),
        ("eq", text) => Ok(Filter::Text(column, vec![text.to_owned()])),
        (other, _) => {
            let words = format!("Unable to filter by unknown operator '{other}'.");
            Err(Fault::bad_request(words))
        }
    }
}

fn time(column: &'static str, value: &str) -> Answer<Filter> {
    let (op, text) = operator(value);
    let at = seconds(text).ok_or_else(|| {
        let words =
            format!("Bad \"{column}\" query filter format. Use ISO 8601 DateTime notation.");
        Fault::bad_request(words)
    })?;
    let compare = match op {
        "gt" => Compare::Gt,
        "gte" => Compare::Gte,
        "lt" => Compare::Lt,
        "lte" => Compare::Lte,
        "neq" => Compare::Neq,
        "eq" => Compare::Eq,
        _ => return Err(Fault::bad_request("Unable to filter on a unknown operator.")),
    };
    Ok(Filter::Time(column, compare, at))
}

/// `dict(request.params)` without the marker, as Python's `urlencode` writes it.
fn carried(pairs: &[(String, String)]) -> String {
    let mut kept: Vec<(&str, &str)> = Vec::new();
    for (key, value) in pairs.iter().filter(|(k, _)| k != "marker") {
        match kept.iter_mut().find(|(k, _)| k == key) {
            Some((_, v)) => *v = value,
            None => kept.push((key, value)),
        }
    }
    let parts: Vec<String> =
        kept.iter().map(|(k, v)| format!("{}={}", quote_plus(k), quote_plus(v))).collect();
    parts.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(raw: &str) -> String {
        format!("{:?}", Query::parse(raw).unwrap_err())
    }

    #[test]
    fn the_recorded_refusals() {
        for (raw, words) in [
            ("limit=-1", "limit param must be positive"),
            ("limit=x", "limit param must be an integer"),
            ("visibility=nonsense", "Invalid visibility value: nonsense"),
            ("created_at=nonsense", "query filter format. Use ISO 8601 DateTime notation."),
            (
                "sort=nonsense:asc",
                "Invalid sort key: nonsense. It must be one of the following: name, status,",
            ),
            ("sort=name:up", "Invalid sort direction: up"),
            ("sort=name:asc&sort_key=name", "Old and new sorting syntax cannot be combined"),
            ("status=like:x", "Unable to filter by unknown operator 'like'."),
            ("name=in:a%22b%22", "There is no comma before opening quotation mark."),
            ("size_min=big", "Unable to filter on a range with a non-numeric value."),
            ("os_hidden=maybe", "Invalid value 'maybe' for 'os_hidden' filter."),
        ] {
            assert!(refusal(raw).contains(words), "{raw}: {}", refusal(raw));
        }
    }

    #[test]
    fn repeated_parameters_are_dropped_from_the_links_and_colons_are_quoted() {
        for (raw, carried) in [
            ("tag=lts&tag=lab", "tag=lab"),
            ("limit=2&sort=name:asc&marker=x", "limit=2&sort=name%3Aasc"),
            (
                "sort_key=name&sort_dir=asc&sort_key=size&sort_dir=desc",
                "sort_key=size&sort_dir=desc",
            ),
            ("name=in:%22a,b%22,cirros-0.6-lab", "name=in%3A%22a%2Cb%22%2Ccirros-0.6-lab"),
        ] {
            assert_eq!(Query::parse(raw).unwrap().carried, carried);
        }
    }

    #[test]
    fn in_lists_keep_quoted_commas() {
        let query = Query::parse("name=in:%22a,b%22,c").unwrap();
        let expected = Filter::Text("name", vec!["a,b".to_owned(), "c".to_owned()]);
        assert!(query.filters.contains(&expected), "{query:?}");
    }

    #[test]
    fn the_order_is_always_total() {
        let keys = |raw: &str| Query::parse(raw).unwrap().sort;
        use Direction::{Asc, Desc};
        use SortKey::{CreatedAt, Id, Name, Size};
        assert_eq!(keys(""), [(CreatedAt, Desc), (Id, Desc)]);
        assert_eq!(keys("sort=name:asc"), [(Name, Asc), (CreatedAt, Asc), (Id, Asc)]);
        assert_eq!(
            keys("sort=name:asc,size"),
            [(Name, Asc), (Size, Desc), (CreatedAt, Desc), (Id, Desc)]
        );
        assert_eq!(keys("sort_key=size&sort_dir=asc"), [(Size, Asc), (CreatedAt, Asc), (Id, Asc)]);
    }

    #[test]
    fn a_time_may_have_an_operator_or_none() {
        let at = |raw: &str| Query::parse(raw).unwrap().filters.into_iter().next().unwrap();
        let start = 1_767_225_600;
        assert_eq!(
            at("created_at=gt:2026-01-01T00:00:00Z"),
            Filter::Time("created_at", Compare::Gt, start)
        );
        assert_eq!(
            at("created_at=2026-01-01T00:00:00Z"),
            Filter::Time("created_at", Compare::Eq, start)
        );
        assert_eq!(
            at("updated_at=lte:2026-01-01"),
            Filter::Time("updated_at", Compare::Lte, start)
        );
    }
}
