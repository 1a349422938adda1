//! Opus packets to samples at 16 kHz.
//!
//! The container gives packets and a header; the decoder gives one channel at the rate that is wanted, so nothing
//! has to be resampled or mixed.

use opus_rs::OpusDecoder;

use super::{AudioError, SAMPLE_RATE};

/// The longest packet, 120 ms (RFC 6716, section 3.2.5), at 16 kHz.
const LONGEST_PACKET: usize = 1_920;

/// A decoder for one Opus track.
pub(super) struct OpusTrack {
    decoder: OpusDecoder,
    /// Samples still to drop: the encoder's run-in (RFC 7845, section 4.2).
    skip: usize,
    gain: f32,
    room: Vec<f32>,
}

impl OpusTrack {
    /// Makes a decoder from the track's identification header (RFC 7845, section 5.1), if it has one.
    pub(super) fn open(header: Option<&[u8]>) -> Result<Self, AudioError> {
        let header = header.unwrap_or_default();
        // MP4 keeps the same header with version 0 and its numbers the other way round (Opus in ISOBMFF, 4.3.2).
        let swapped = header.get(8) == Some(&0);
        let field = |at: usize| {
            let bytes = *header.get(at..)?.first_chunk()?;
            Some(if swapped { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
        };
        // Mapping families other than 0 carry several Opus streams in a packet: surround, never speech.
        if header.get(18).is_some_and(|family| *family != 0)
            && header.get(9).is_some_and(|channels| *channels > 2)
        {
            return Err(AudioError::UnknownCodec);
        }
        let rate = i32::try_from(SAMPLE_RATE).map_err(|_| AudioError::UnknownCodec)?;
        let decoder = OpusDecoder::new(rate, 1).map_err(|_| AudioError::UnknownCodec)?;
        // Both are counted at 48 kHz; the gain is in 1/256 dB.
        let skip = usize::from(field(10).unwrap_or(312)) / 3;
        let gain = 10_f32.powf(f32::from(field(16).unwrap_or(0).cast_signed()) / (20.0 * 256.0));
        Ok(Self { decoder, skip, gain, room: vec![0.0; LONGEST_PACKET] })
    }

    /// Decodes one packet; `None` when the packet makes no sense.
    pub(super) fn decode(&mut self, packet: &[u8]) -> Option<&[f32]> {
        let count = self.decoder.decode(packet, LONGEST_PACKET, &mut self.room).ok()?;
        let dropped = self.skip.min(count);
        self.skip -= dropped;
        let sound = self.room.get_mut(dropped..count)?;
        for sample in sound.iter_mut() {
            *sample *= self.gain;
        }
        Some(sound)
    }
}
