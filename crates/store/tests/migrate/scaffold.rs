//! The declared schema, and the migrations that are made from it.

use crate::support::{Place, on_both};
use medrecord_store::migrate::{
    Draft, Files, Purpose, Scaffold, blank, check_action, deploy_files, drift, lint, next_number, scaffold,
    write_draft,
};
use std::path::{Path, PathBuf};

fn own(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn schema() -> String {
    std::fs::read_to_string(own("../../prisma/schema.prisma")).unwrap()
}

/// The project's migrations in a folder of the test's own.
fn copied(place: &Place) -> PathBuf {
    let folder = place.folder.path().join("own");
    for dialect in ["postgres", "sqlite"] {
        std::fs::create_dir_all(folder.join(dialect)).unwrap();
        for entry in std::fs::read_dir(own("migrations").join(dialect)).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), folder.join(dialect).join(entry.file_name())).unwrap();
        }
    }
    folder
}

/// Writes what the schema asks for, as `dev` does.
async fn written(folder: &Path, schema: &str) -> Scaffold {
    let files = Files::read(folder).unwrap();
    let made = scaffold(&files, schema, "change_things").await.unwrap();
    for (number, draft) in (files.newest() + 1..).zip(&made.drafts) {
        write_draft(folder, number, draft).unwrap();
    }
    made
}

#[tokio::test]
async fn what_is_declared_and_what_the_migrations_yield_are_the_same() {
    let made = scaffold(&Files::built_in(), &schema(), "nothing_at_all").await.unwrap();
    assert_eq!(made.changes, [] as [&str; 0]);
    assert_eq!(made.drafts, []);
}

const NOTES: &str = r#"
/// What is remembered of a patient.
model Reminder {
  /// The reminder; UUIDv7 made by the application.
  id        String    @id @default(uuid(7)) @db.Uuid
  /// Whose it is.
  patientId String    @map("patient_id") @db.Uuid
  patient   Patient   @relation(fields: [patientId], references: [id], onDelete: Cascade, onUpdate: NoAction)
  /// How it is felt.
  mood      Mood      @default(good)
  /// How heavy it weighs.
  weight    Decimal?  @db.Decimal(5, 2)
  /// When it was written.
  writtenAt DateTime  @default(now()) @map("written_at") @db.Timestamptz(3)
  /// What else is known.
  detail    Json?

  @@index([patientId, writtenAt(sort: Desc)])
  @@map("reminders")
}

/// How something is felt.
enum Mood {
  good
  bad

  @@map("mood")
}
"#;

/// Every change that can be scaffolded, made to the real schema.
fn changed() -> String {
    let schema = schema();
    let edits = [
        // A column, optional.
        (
            "  sex                          Sex\n",
            "  sex                          Sex\n  /// The religion that the patient named.\n  religion                     String?            @db.VarChar(8)\n",
        ),
        // A column with a default that SQLite cannot add in place.
        (
            "  /// Day of death.\n",
            "  /// When the patient was last asked for news.\n  askedAt                      DateTime           @default(now()) @map(\"asked_at\") @db.Timestamptz(3)\n  /// Day of death.\n",
        ),
        // A longer text; no longer needed.
        (
            "  preferredName                String?            @map(\"preferred_name\") @db.VarChar(255)",
            "  preferredName                String?            @map(\"preferred_name\") @db.VarChar(300)",
        ),
        (
            "  emergencyContactPhone        String             @map",
            "  emergencyContactPhone        String?            @map",
        ),
        // Another default.
        ("  opensAt   Int      @default(480)", "  opensAt   Int      @default(420)"),
        // A word in the middle of an enum, which signed records' tables use too.
        ("  routine_checkup\n", "  routine_checkup\n  procedure\n"),
        // An index on a table in use, and one that is declared no more.
        ("  @@index([dateOfBirth])\n", "  @@index([deceasedOn])\n"),
        // A table, its enum, and what points back.
        (
            "  recordings                   Recording[]\n",
            "  recordings                   Recording[]\n  reminders                    Reminder[]\n",
        ),
    ];
    let mut text = format!("{schema}{NOTES}");
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

#[tokio::test]
async fn every_change_becomes_sql_that_both_databases_take_and_lint_passes() {
    on_both(async |place| {
        let folder = copied(place);
        let store = place.open().await;
        deploy_files(&store, &Files::built_in(), Purpose::Development).await.unwrap();
        let made = written(&folder, &changed()).await;
        assert_eq!(made.by_hand, [] as [&str; 0]);
        for words in [
            "New enum mood",
            "Other words in the enum appointment_type",
            "New column patients.religion: The religion that the patient named",
            "New column patients.asked_at: When the patient was last asked for news",
            "Column patients.preferred_name: type varchar(300) instead of varchar(255)",
            "Column patients.emergency_contact_phone: may be empty",
            "Column practice.opens_at: another default",
            "New index patients_deceased_on_idx on patients",
            "Index patients_date_of_birth_idx is declared no more",
            "New table reminders: What is remembered of a patient",
        ] {
            assert!(made.changes.iter().any(|change| change == words), "{words}: {:#?}", made.changes);
        }
        let files = Files::read(&folder).unwrap();
        assert_eq!(lint(&files), []);
        let done = deploy_files(&store, &files, Purpose::Development).await;
        done.unwrap_or_else(|error| {
            panic!("{error:?}\n{}\n{}", made.drafts[0].postgres, made.drafts[0].sqlite)
        });
        assert_eq!(drift(&store, &files).await.unwrap().differences, []);
        let again = scaffold(&files, &changed(), "once_more").await.unwrap();
        assert_eq!(again.changes, [] as [&str; 0], "what was asked for is there now");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn rows_survive_a_rebuild_with_their_search_index() {
    on_both(async |place| {
        let folder = copied(place);
        let store = place.open().await;
        deploy_files(&store, &Files::built_in(), Purpose::Development).await.unwrap();
        let actor = medrecord_store::Actor::machine("test", medrecord_store::Via::Command);
        let mut desk = store.write_desk(actor.clone()).await.unwrap();
        let jane = medrecord_testkit::clinic::jane_doe_details();
        let id = medrecord_store::patients::register(&mut desk, &jane).await.unwrap();
        desk.close().await.unwrap();
        written(&folder, &changed()).await;
        deploy_files(&store, &Files::read(&folder).unwrap(), Purpose::Development).await.unwrap();
        let mut desk = store.write_desk(actor).await.unwrap();
        let found = medrecord_store::patients::get(&mut desk, id).await.unwrap();
        assert_eq!(found.display_name(), "DOE, Jane");
        desk.close().await.unwrap();
        assert_eq!(store.by_hand("DELETE FROM patients").await.unwrap(), 1, "the search triggers hold");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_only_a_person_can_decide_is_left_to_a_person() {
    let place = Place::sqlite();
    let folder = copied(&place);
    let mut text = schema();
    for (from, to) in [
        (
            "  /// How the patient wants to be called.\n  preferredName                String?            @map(\"preferred_name\") @db.VarChar(255)\n",
            "",
        ),
        (
            "  /// Telephone as typed.\n",
            "  /// Insurer.\n  insurer                      String\n  /// Telephone as typed.\n",
        ),
        (
            "  closesAt  Int      @default(1080) @map(\"closes_at\") @db.SmallInt",
            "  closesAt  String   @default(\"18:00\") @map(\"closes_at\")",
        ),
        ("  no_show\n", ""),
    ] {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let made = written(&folder, &text).await;
    assert_eq!(made.by_hand.len(), 4, "{:#?}", made.by_hand);
    let Draft { postgres, sqlite, .. } = &made.drafts[0];
    for words in [
        "-- BY HAND: patients.preferred_name is declared no more",
        "-- BY HAND: patients.insurer must not be empty",
        "-- BY HAND: practice.closes_at changes from smallint to text",
        "-- BY HAND: the enum appointment_status loses no_show",
    ] {
        assert!(postgres.contains(words) && sqlite.contains(words), "{words}\n{postgres}\n{sqlite}");
    }
    let runs = postgres.lines().any(|line| line.starts_with("ALTER TABLE patients DROP"));
    assert!(!runs, "nothing that loses data runs by itself");
}

#[test]
fn a_new_migration_gets_two_files_a_later_number_and_a_name_that_says_something() {
    let place = Place::sqlite();
    let folder = copied(&place);
    let files = Files::read(&folder).unwrap();
    let long_ago = "2024-02-20T12:00:00Z".parse().unwrap();
    assert_eq!(next_number(&files, long_ago), files.newest() + 1);
    let later = "2031-02-20T12:00:00Z".parse().unwrap();
    assert_eq!(next_number(&files, later), 20_310_220_120_000);
    for wrong in ["", "add", "Add_email", "add-email", "add__email", "_add_email", "2024_02"] {
        assert!(check_action(wrong).is_err(), "{wrong}");
    }
    let draft = blank("add_patient_email_index");
    let paths = write_draft(&folder, 20_310_220_120_000, &draft).unwrap();
    assert!(paths[0].ends_with("postgres/20310220120000_add_patient_email_index.sql"));
    assert!(write_draft(&folder, 20_310_220_120_000, &draft).is_err(), "nothing is written over");
    assert_eq!(Files::read(&folder).unwrap().newest(), 20_310_220_120_000);
    std::fs::remove_file(&paths[1]).unwrap();
    let alone = Files::read(&folder).unwrap_err().to_string();
    assert!(alone.contains("medrecord migrate new makes both"), "{alone}");
}
