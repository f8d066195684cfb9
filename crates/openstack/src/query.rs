//! The query string of a request, built in order, repeated names allowed.

/// Pairs of a query string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a pair.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.pairs.push((name.to_owned(), value.into()));
    }

    /// The same with a pair more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.push(name, value);
        self
    }

    /// The same with a pair more when there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// `?a=b&c=d`, or nothing.
    pub fn suffix(&self) -> String {
        if self.pairs.is_empty() {
            return String::new();
        }
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.pairs {
            encoded.append_pair(name, value);
        }
        format!("?{}", encoded.finish())
    }
}

/// The first value of a name in the query of a link.
pub fn value_in_link(link: &str, name: &str) -> Option<String> {
    let query = link.split_once('?').map(|(_, query)| query)?;
    let query = query.split('#').next().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
