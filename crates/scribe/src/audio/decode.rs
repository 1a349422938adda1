//! The walk through a file: container, packets, samples.

use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::packet::Packet;
use symphonia::core::units::TimeBase;

use super::opus::OpusTrack;
use super::parts::{self, Window};
use super::resample::Resampler;
use super::{AudioError, Limits, Recording, SAMPLE_RATE, samples_to_ms};

/// So many broken packets in a row end the reading.
const MAX_BROKEN_PACKETS: u32 = 32;
/// A hole between packets is filled with silence from this size, so that times stay true,
const SMALLEST_HOLE_MS: u64 = 250;
/// up to this size: beyond it the times themselves are not believed.
const LARGEST_HOLE_MS: u64 = 15 * 60 * 1000;

/// Decodes each stream in the file, one behind the other.
pub(super) fn all_parts<S: Read + Seek + Send + Sync>(
    mut source: S,
    limits: Limits,
) -> Result<Recording, AudioError> {
    let parts = parts::find(&mut source)?;
    if parts.iter().all(|(start, end)| start >= end) {
        return Err(AudioError::Empty);
    }
    let mut tape = Tape::new(limits);
    let mut refusal = None;
    for part in parts {
        let window = Box::new(Window::open(&mut source, part)?);
        // The decoders are other people's code reading other people's files; a slip in one must not end the
        // program. The tape only ever grows by whole samples, so it is sound after a slip.
        let outcome = catch_unwind(AssertUnwindSafe(|| one_part(window, &mut tape)));
        match outcome.unwrap_or(Err(AudioError::Damaged)) {
            Ok(()) => {}
            Err(error @ (AudioError::TooLong { .. } | AudioError::Unreadable(_))) => return Err(error),
            Err(error) => {
                tape.damaged = true;
                refusal = refusal.or(Some(error));
            }
        }
    }
    if tape.samples.is_empty() {
        return Err(refusal.unwrap_or(if tape.damaged { AudioError::Damaged } else { AudioError::NoSound }));
    }
    Ok(Recording { samples: tape.samples, damaged: tape.damaged })
}

/// Decodes one stream onto the tape.
fn one_part<'s>(source: Box<dyn MediaSource + 's>, tape: &mut Tape) -> Result<(), AudioError> {
    let stream = MediaSourceStream::new(source, symphonia::core::io::MediaSourceStreamOptions::default());
    let mut format = symphonia::default::get_probe()
        .probe(
            &Hint::new(),
            stream,
            symphonia::core::formats::FormatOptions::default(),
            symphonia::core::meta::MetadataOptions::default(),
        )
        .map_err(|error| match error {
            Error::IoError(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                AudioError::Unreadable(error)
            }
            Error::IoError(_) | Error::Unsupported(_) => AudioError::UnknownFormat,
            Error::DecodeError(_) | Error::SeekError(_) | Error::LimitError(_) | Error::ResetRequired | _ => {
                AudioError::Damaged
            }
        })?;
    let mut track = SoundTrack::choose(&*format)?;
    tape.begin_part();
    let mut broken_in_a_row = 0;
    loop {
        tape.count_packet()?;
        match format.next_packet() {
            Ok(Some(packet)) if packet.track_id != track.id => {}
            Ok(Some(packet)) => {
                if track.play(&packet, tape)? {
                    broken_in_a_row = 0;
                } else {
                    tape.damaged = true;
                    broken_in_a_row += 1;
                }
            }
            Ok(None) => break,
            // A chained Ogg stream starts anew.
            Err(Error::ResetRequired) => {
                track.finish(tape)?;
                track = SoundTrack::choose(&*format)?;
                tape.begin_part();
            }
            // A recorder that streams never writes an end, so a WebM may stop anywhere.
            Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                tape.damaged |= format.format_info().short_name != "matroska";
                break;
            }
            Err(_) => {
                tape.damaged = true;
                broken_in_a_row += 1;
            }
        }
        if broken_in_a_row > MAX_BROKEN_PACKETS {
            break;
        }
    }
    track.finish(tape)
}

/// What has been decoded so far.
struct Tape {
    samples: Vec<f32>,
    damaged: bool,
    limits: Limits,
    part_start: usize,
    packets: u64,
}

impl Tape {
    fn new(limits: Limits) -> Self {
        Self { samples: Vec::new(), damaged: false, limits, part_start: 0, packets: 0 }
    }

    fn begin_part(&mut self) {
        self.part_start = self.samples.len();
    }

    /// Counts a packet: an honest file has at most one for each 2.5 ms, a hostile one may have endless empty ones.
    fn count_packet(&mut self) -> Result<(), AudioError> {
        self.packets += 1;
        let most = u64::from(self.limits.max_minutes).saturating_mul(60 * 1000) + 10_000;
        if self.packets > most { Err(self.too_long()) } else { Ok(()) }
    }

    fn too_long(&self) -> AudioError {
        AudioError::TooLong { max_minutes: self.limits.max_minutes }
    }

    fn push(&mut self, samples: &[f32]) -> Result<(), AudioError> {
        if self.samples.len().saturating_add(samples.len()) > self.limits.max_samples() {
            return Err(self.too_long());
        }
        let whole =
            samples.iter().map(|sample| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 });
        self.samples.extend(whole);
        Ok(())
    }

    /// Fills the hole before a packet that belongs at `at_ms` of this part.
    fn catch_up(&mut self, at_ms: u64) -> Result<(), AudioError> {
        let here_ms = samples_to_ms(self.samples.len().saturating_sub(self.part_start));
        let hole_ms = at_ms.saturating_sub(here_ms);
        if (SMALLEST_HOLE_MS..=LARGEST_HOLE_MS).contains(&hole_ms) {
            let silence = usize::try_from(hole_ms * u64::from(SAMPLE_RATE) / 1000).unwrap_or(0);
            self.push(&vec![0.0; silence])?;
        }
        Ok(())
    }
}

/// The track that is played, with its decoder.
struct SoundTrack {
    id: u32,
    time_base: Option<TimeBase>,
    first_at: Option<i64>,
    voice: Voice,
}

enum Voice {
    Opus(Box<OpusTrack>),
    Other { decoder: Box<dyn AudioDecoder>, mixed: Vec<f32>, resampler: Option<(u32, Resampler)> },
}

impl SoundTrack {
    fn choose(format: &dyn FormatReader) -> Result<Self, AudioError> {
        let track = format.default_track(TrackType::Audio).ok_or_else(|| {
            if format.first_track(TrackType::Audio).is_some() {
                AudioError::UnknownCodec
            } else {
                AudioError::NoSound
            }
        })?;
        let codec =
            track.codec_params.as_ref().and_then(|codec| codec.audio()).ok_or(AudioError::UnknownCodec)?;
        Ok(Self { id: track.id, time_base: track.time_base, first_at: None, voice: Voice::open(codec)? })
    }

    /// Decodes one packet onto the tape; `false` when the packet is broken.
    fn play(&mut self, packet: &Packet, tape: &mut Tape) -> Result<bool, AudioError> {
        let first_at = *self.first_at.get_or_insert(packet.pts.get());
        match &mut self.voice {
            Voice::Opus(opus) => {
                if let Some(base) = self.time_base {
                    tape.catch_up(milliseconds(packet.pts.get().saturating_sub(first_at), base))?;
                }
                match opus.decode(&packet.data) {
                    Some(sound) => tape.push(sound).map(|()| true),
                    None => Ok(false),
                }
            }
            Voice::Other { decoder, mixed, resampler } => {
                let Ok(sound) = decoder.decode(packet) else { return Ok(false) };
                let (rate, channels) = (sound.spec().rate(), sound.num_planes());
                let mut interleaved = Vec::new();
                sound.copy_to_vec_interleaved::<f32>(&mut interleaved);
                if resampler.as_ref().is_none_or(|(known, _)| *known != rate) {
                    *resampler = Some((rate, Resampler::from_rate(rate).ok_or(AudioError::UnknownCodec)?));
                }
                mixed.clear();
                if let Some((_, resampler)) = resampler {
                    resampler.push(&mix(&interleaved, channels), mixed);
                }
                tape.push(mixed).map(|()| true)
            }
        }
    }

    fn finish(&mut self, tape: &mut Tape) -> Result<(), AudioError> {
        let Voice::Other { resampler: Some((_, resampler)), mixed, .. } = &mut self.voice else {
            return Ok(());
        };
        mixed.clear();
        resampler.finish(mixed);
        tape.push(mixed)
    }
}

impl Voice {
    fn open(codec: &AudioCodecParameters) -> Result<Self, AudioError> {
        if codec.codec == CODEC_ID_OPUS {
            return OpusTrack::open(codec.extra_data.as_deref()).map(|opus| Self::Opus(Box::new(opus)));
        }
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(codec, &symphonia::core::codecs::audio::AudioDecoderOptions::default())
            .map_err(|_| AudioError::UnknownCodec)?;
        Ok(Self::Other { decoder, mixed: Vec::new(), resampler: None })
    }
}

/// A time in a track's own ticks, in milliseconds.
fn milliseconds(ticks: i64, base: TimeBase) -> u64 {
    let ticks = u128::try_from(ticks).unwrap_or(0);
    let scaled = ticks.saturating_mul(1000).saturating_mul(u128::from(base.numer.get()));
    u64::try_from(scaled / u128::from(base.denom.get())).unwrap_or(u64::MAX)
}

/// Several channels to one.
fn mix(interleaved: &[f32], channels: usize) -> Vec<f32> {
    let share = 1.0 / f32::from(u16::try_from(channels).unwrap_or(u16::MAX)).max(1.0);
    interleaved.chunks(channels.max(1)).map(|frame| frame.iter().sum::<f32>() * share).collect()
}
