# The program alone, as a user without rights, with its data folder in /data.
#
#   docker build -t medrecord .
#   docker run -p 127.0.0.1:8080:8080 -v medrecord:/data medrecord        on SQLite, in the volume
#
# --build-arg FEATURES=--no-default-features leaves the speech part out.
FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ARG FEATURES=""
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked -p medrecord $FEATURES && cp target/release/medrecord /medrecord

FROM debian:bookworm-slim
# Authorities for TLS to the database; the C++ library is for the speech part.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin medrecord \
    && install -d -o medrecord -g medrecord -m 700 /data
COPY --from=build /medrecord /usr/local/bin/medrecord
USER 10001:10001
ENV MEDRECORD_DATA_DIR=/data MEDRECORD_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3"]
ENTRYPOINT ["medrecord"]
CMD ["serve", "--migrate"]
