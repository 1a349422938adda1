//! Reads everything from one snapshot and sends it down a pipe, piece by piece.

use super::catalogue::{self, Table};
use super::error::BackupError;
use super::format::{FileSum, Frame, Head, TableSum, Totals};
use super::row::{self, Kind, Sum};
use super::take::Order;
use super::{Progress, files};
use crate::database::{Pools, Store};
use crate::{hex, migrate};
use futures_util::TryStreamExt;
use medrecord_clinic::time::Instant;
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use tokio::sync::mpsc::Sender;

/// Rows are sent on when so many bytes of them are there.
const PIECE: usize = 1 << 18;
/// One point in time for all tables; a long backup is not the time-out's business.
const SNAPSHOT_POSTGRES: &str = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY, DEFERRABLE;
    SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL TimeZone = 'UTC';
    SET LOCAL DateStyle = 'ISO, YMD';
    SET LOCAL IntervalStyle = 'postgres';
    SET LOCAL bytea_output = 'hex';
    SET LOCAL extra_float_digits = 1";
const SIZE_POSTGRES: &str = "SELECT CAST(COALESCE(SUM(pg_table_size(c.oid)), 0) AS bigint) FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r'";
const SIZE_SQLITE: &str = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";

/// Sends the whole practice, its files where an order says where they lie; the last frame is the end with the totals.
pub(super) async fn everything(
    store: &Store,
    files: Option<&Order>,
    at: Instant,
    frames: &Sender<Frame>,
    progress: &Progress,
) -> Result<Totals, BackupError> {
    let steps = migrate::status(store).await?;
    let migrations: Vec<i64> = steps.iter().filter(|step| step.applied).map(|step| step.version).collect();
    if migrations.is_empty() {
        return Err(BackupError::Place(
            "there are no tables to back up; run medrecord migrate deploy".to_owned(),
        ));
    }
    let head = Head {
        made_at: at.to_string(),
        database: store.kind().to_owned(),
        program: format!("medrecord {}", env!("CARGO_PKG_VERSION")),
        migrations,
    };
    let mut pipe = Pipe { frames, progress, totals: Totals::default() };
    pipe.send(Frame::Head(head)).await?;
    match &store.pools {
        Pools::Postgres(pool) => {
            let mut conn = pool.acquire().await?;
            let mut snapshot = conn.begin().await?;
            sqlx::raw_sql(SNAPSHOT_POSTGRES).execute(&mut *snapshot).await?;
            let size: i64 = sqlx::query_scalar(SIZE_POSTGRES).fetch_one(&mut *snapshot).await?;
            progress.expect(u64::try_from(size).unwrap_or(0));
            for table in catalogue::postgres(&mut snapshot).await? {
                pipe.postgres(&mut snapshot, &table).await?;
            }
            snapshot.rollback().await?;
        }
        Pools::Sqlite { read, .. } => {
            let mut conn = read.acquire().await?;
            let mut snapshot = conn.begin().await?;
            let size: i64 = sqlx::query_scalar(SIZE_SQLITE).fetch_one(&mut *snapshot).await?;
            progress.expect(u64::try_from(size).unwrap_or(0));
            for table in catalogue::sqlite(&mut snapshot).await? {
                pipe.sqlite(&mut snapshot, &table).await?;
            }
            snapshot.rollback().await?;
        }
    }
    // After the rows: a row is written when its file is on disk, so that no file of theirs is missed.
    if let Some(order) = files {
        pipe.files(&order.data_folder, &order.folder).await?;
    }
    let totals = pipe.totals.clone();
    pipe.send(Frame::End(totals.clone())).await?;
    Ok(totals)
}

struct Pipe<'a> {
    frames: &'a Sender<Frame>,
    progress: &'a Progress,
    totals: Totals,
}

impl Pipe<'_> {
    async fn send(&self, frame: Frame) -> Result<(), BackupError> {
        if let Frame::Rows(bytes) | Frame::Bytes(bytes) = &frame {
            self.progress.add(bytes.len());
        }
        self.frames.send(frame).await.map_err(|_| BackupError::GivenUp)
    }

    async fn postgres(&mut self, conn: &mut PgConnection, table: &Table) -> Result<(), BackupError> {
        self.send(Frame::Table(table.clone())).await?;
        let mut lines = Lines::new(table);
        let mut copied = conn.copy_out_raw(&copy_out(table)).await?;
        while let Some(bytes) = copied.try_next().await? {
            lines.take(&bytes);
            if lines.out.len() >= PIECE {
                self.send(Frame::Rows(lines.piece())).await?;
            }
        }
        self.end_table(lines).await
    }

    async fn sqlite(&mut self, conn: &mut SqliteConnection, table: &Table) -> Result<(), BackupError> {
        self.send(Frame::Table(table.clone())).await?;
        let mut lines = Lines::new(table);
        let select = select(table);
        let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(conn);
        while let Some(row) = rows.try_next().await? {
            lines.row(&row)?;
            if lines.out.len() >= PIECE {
                self.send(Frame::Rows(lines.piece())).await?;
            }
        }
        self.end_table(lines).await
    }

    async fn end_table(&mut self, mut lines: Lines) -> Result<(), BackupError> {
        let last = lines.piece();
        if !last.is_empty() {
            self.send(Frame::Rows(last)).await?;
        }
        self.totals.tables += 1;
        self.totals.rows += lines.sum.rows();
        self.send(Frame::TableEnd(TableSum::from(&lines.sum))).await
    }

    /// Looks until nothing new is found: chunks of a recording may be joined to one file meanwhile.
    async fn files(&mut self, data: &Path, besides: &Path) -> Result<(), BackupError> {
        let mut sent = std::collections::BTreeSet::new();
        loop {
            let fresh: Vec<String> =
                files::walk(data, besides)?.into_iter().filter(|name| !sent.contains(name)).collect();
            if fresh.is_empty() {
                return Ok(());
            }
            for name in fresh {
                if let Some(path) = files::place(data, &name) {
                    self.file(&name, &path).await?;
                }
                sent.insert(name);
            }
        }
    }

    async fn file(&mut self, name: &str, path: &Path) -> Result<(), BackupError> {
        let failed = |error| BackupError::file(path, error);
        let mut file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            opened => opened.map_err(failed)?,
        };
        self.send(Frame::File(name.to_owned())).await?;
        let mut hasher = Sha256::new();
        let mut bytes = 0;
        loop {
            let mut piece = Vec::new();
            let count = (&mut file).take(PIECE as u64).read_to_end(&mut piece).map_err(failed)?;
            if count == 0 {
                break;
            }
            hasher.update(&piece);
            bytes += count as u64;
            self.send(Frame::Bytes(piece)).await?;
        }
        self.totals.files += 1;
        self.send(Frame::FileEnd(FileSum { bytes, sha256: hex::encode(&hasher.finalize()) })).await
    }
}

/// The statement that gives a table of PostgreSQL as lines.
pub(super) fn copy_out(table: &Table) -> String {
    format!("COPY (SELECT {} FROM {}) TO STDOUT", table.column_list(), catalogue::quoted(&table.name))
}

/// The statement that gives a table of SQLite.
pub(super) fn select(table: &Table) -> String {
    format!("SELECT {} FROM {}", table.column_list(), catalogue::quoted(&table.name))
}

/// Rows of a table on their way to neutral lines, and their sum.
pub(super) struct Lines {
    kinds: Vec<Kind>,
    json: Vec<bool>,
    half: Vec<u8>,
    /// Lines that are done.
    pub(super) out: Vec<u8>,
    /// The sum of all lines so far.
    pub(super) sum: Sum,
}

impl Lines {
    fn new(table: &Table) -> Self {
        Self::counting(table, table.json())
    }

    /// The same, counting these columns as JSON.
    pub(super) fn counting(table: &Table, json: Vec<bool>) -> Self {
        Self { kinds: table.kinds(), json, half: Vec::new(), out: Vec::new(), sum: Sum::default() }
    }

    /// Gives the lines so far.
    fn piece(&mut self) -> Vec<u8> {
        std::mem::replace(&mut self.out, Vec::with_capacity(PIECE + (PIECE >> 2)))
    }

    /// Takes bytes of PostgreSQL's COPY, which end wherever they like.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match part.strip_suffix(b"\n") {
                None => self.half.extend(part),
                Some(line) if self.half.is_empty() => self.line(line),
                Some(line) => {
                    self.half.extend(line);
                    let whole = std::mem::take(&mut self.half);
                    self.line(&whole);
                }
            }
        }
    }

    fn line(&mut self, line: &[u8]) {
        let start = self.out.len();
        row::from_postgres(line, &self.kinds, &mut self.out);
        self.sum.add(self.out.get(start..).unwrap_or_default(), &self.json);
    }

    /// Takes a row of SQLite.
    pub(super) fn row(&mut self, row: &SqliteRow) -> Result<(), sqlx::Error> {
        let start = self.out.len();
        for (index, kind) in self.kinds.iter().enumerate() {
            if index > 0 {
                self.out.push(b'\t');
            }
            let written = match kind {
                Kind::Bytes => row.try_get_unchecked::<Option<&[u8]>, _>(index)?.map(|bytes| {
                    self.out.extend(hex::encode(bytes).bytes());
                }),
                Kind::Float => row.try_get_unchecked::<Option<f64>, _>(index)?.map(|number| {
                    self.out.extend(number.to_string().bytes());
                }),
                Kind::Plain | Kind::Flag | Kind::Decimal(_) | Kind::At | Kind::Json => row
                    .try_get_unchecked::<Option<&str>, _>(index)?
                    .map(|text| row::escape(text, &mut self.out)),
            };
            if written.is_none() {
                self.out.extend(b"\\N");
            }
        }
        self.out.push(b'\n');
        self.sum.add(self.out.get(start..).unwrap_or_default(), &self.json);
        Ok(())
    }
}
