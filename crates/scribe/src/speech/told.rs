//! What the model is told was said before; an echo of it is no speech.

/// What the model is told was said before, block after block. It writes on in this manner: word for word, with the
/// "okay" and the repeats that it otherwise leaves out, often together with the answer around them. Invented; it names
/// no medicine, because what stands here is also heard more easily.
pub(super) const BEFORE: &str = "Okay, and, um, and where is the pain? It's, it's here, in my, uh, lower back. Okay. And on a scale of \
    one to ten, how bad is it? I'd say it's about a, a seven. Okay, alright. And have you, have you had any nausea, \
    vomiting, fever, or shortness of breath? No, no, I haven't, no. Okay. And any allergies, or any surgeries in the past? \
    Um, no, I don't think so. Okay. And do you, do you smoke or drink alcohol? Uh, no. Yeah, just, just a glass of wine. Okay.";
