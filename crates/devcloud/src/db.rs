//! SQLite as the cloud's memory: one file each, write-ahead log, and a commit is on disk before the
//! answer goes out.
//!
//! All work runs on blocking threads. There is one writer at a time; readers do not wait for it.
//! Nothing in here knows a table.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::Semaphore;

/// How many reads of one database run at the same time; more of them wait.
const READERS: usize = 4;

/// A handle on one database file. Clones share it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    writer: Mutex<Connection>,
    idle_readers: Mutex<Vec<Connection>>,
    readers: Semaphore,
}

/// The database could not do its work: disk full, file damaged, or a statement that is a mistake of
/// ours. Answered with a 500.
#[derive(Debug)]
pub enum DbError {
    /// SQLite's own error.
    Sqlite(rusqlite::Error),
    /// The process is ending, or the work on the blocking thread panicked.
    Stopped,
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => write!(f, "database: {error}"),
            Self::Stopped => write!(f, "database: the work was stopped"),
        }
    }
}

impl std::error::Error for DbError {}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Db {
    /// Opens or makes the file and brings `schema` (statements that may run again: `CREATE TABLE IF
    /// NOT EXISTS ...`) into it.
    pub fn open(path: &Path, schema: &[&str]) -> Result<Self, DbError> {
        let writer = Connection::open(path)?;
        configure(&writer)?;
        // FULL: a commit is synced before it is answered, so that kill -9 and a power cut lose
        // nothing that was answered.
        writer.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        for part in schema {
            writer.execute_batch(part)?;
        }
        let inner = Inner {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            idle_readers: Mutex::new(Vec::new()),
            readers: Semaphore::new(READERS),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `f` on a connection that cannot write. What it sees is one consistent moment only
    /// within one statement; use `Connection::unchecked_transaction` where several must agree.
    pub async fn read<T, F>(&self, f: F) -> Result<T, DbError>
    where
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let _permit = self.inner.readers.acquire().await.map_err(|_| DbError::Stopped)?;
        let work = tokio::task::spawn_blocking(move || {
            let connection = match lock(&inner.idle_readers).pop() {
                Some(connection) => connection,
                None => open_reader(&inner.path)?,
            };
            let answer = f(&connection);
            lock(&inner.idle_readers).push(connection);
            answer.map_err(DbError::from)
        });
        work.await.map_err(|_| DbError::Stopped)?
    }

    /// Runs `f` in a transaction that is committed when it returns `Ok` and rolled back when it
    /// returns `Err`. Once begun it runs to its end, also when the caller (a request that was
    /// broken off) is gone.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let work = tokio::task::spawn_blocking(move || {
            let mut connection = lock(&inner.writer);
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(DbError::from)?;
            let answer = f(&transaction)?;
            transaction.commit().map_err(DbError::from)?;
            Ok(answer)
        });
        work.await.map_err(|_| DbError::Stopped)?
    }
}

fn open_reader(path: &Path) -> Result<Connection, DbError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    configure(&connection)?;
    Ok(connection)
}

fn configure(connection: &Connection) -> Result<(), DbError> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.execute_batch("PRAGMA foreign_keys = ON;")?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

/// A panic in another request's work leaves the connection usable (its transaction was rolled
/// back), so poison is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &tempfile::TempDir) -> Db {
        Db::open(&folder.path().join("t.sqlite"), &["CREATE TABLE IF NOT EXISTS t (n INTEGER)"])
            .unwrap()
    }

    async fn count(db: &Db) -> i64 {
        db.read(|c| c.query_row("SELECT count(*) FROM t", [], |row| row.get(0))).await.unwrap()
    }

    #[tokio::test]
    async fn what_was_committed_is_there_after_opening_again_and_a_failed_write_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder);
        db.write(|tx| tx.execute("INSERT INTO t VALUES (1)", []).map_err(DbError::from))
            .await
            .unwrap();
        let failed: Result<(), DbError> = db
            .write(|tx| {
                tx.execute("INSERT INTO t VALUES (2)", [])?;
                Err(DbError::Stopped)
            })
            .await;
        assert!(failed.is_err());
        assert_eq!(count(&db).await, 1);
        drop(db);
        assert_eq!(count(&open(&folder)).await, 1);
    }

    #[tokio::test]
    async fn a_panic_in_one_write_does_not_break_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder);
        let broken: Result<(), DbError> = db.write(|_| panic!("a bug")).await;
        assert!(matches!(broken, Err(DbError::Stopped)));
        db.write(|tx| tx.execute("INSERT INTO t VALUES (1)", []).map_err(DbError::from))
            .await
            .unwrap();
        assert_eq!(count(&db).await, 1);
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder);
        assert!(db.read(|c| c.execute("INSERT INTO t VALUES (1)", [])).await.is_err());
    }
}
