# syntax=docker/dockerfile:1
# One image per program: docker build --target api-server|limiter-node|migrator .
ARG SWIFT_VERSION=6.2

FROM swift:${SWIFT_VERSION}-bookworm AS toolchain
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        libcrypt-dev libhiredis-dev libpcre2-dev libpq-dev libsqlite3-dev libssl-dev libxml2-dev libzip-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .

# The Swift runtime is linked into each program, so the images below need no toolchain. What was built stays in a cache that all
# programs share, one build at a time; the program itself is copied out of it.
FROM toolchain AS build-api-server
RUN --mount=type=cache,target=/src/.build,sharing=locked --mount=type=cache,target=/root/.cache,sharing=locked \
    swift build --configuration release --static-swift-stdlib --product api-server \
    && install -D .build/release/api-server /out/api-server

FROM toolchain AS build-limiter-node
RUN --mount=type=cache,target=/src/.build,sharing=locked --mount=type=cache,target=/root/.cache,sharing=locked \
    swift build --configuration release --static-swift-stdlib --product limiter-node \
    && install -D .build/release/limiter-node /out/limiter-node

FROM toolchain AS build-migrator
RUN --mount=type=cache,target=/src/.build,sharing=locked --mount=type=cache,target=/root/.cache,sharing=locked \
    swift build --configuration release --static-swift-stdlib --product migrator \
    && install -D .build/release/migrator /out/migrator

# What every program links, the authorities of TLS, and a user who may do nothing but run it.
FROM debian:bookworm-slim AS runtime
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends ca-certificates libcrypt1 libssl3 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/gatehouse --create-home --shell /usr/sbin/nologin gatehouse
WORKDIR /var/lib/gatehouse
STOPSIGNAL SIGTERM

# Asks a program for /readyz over bash's own sockets, so that no image needs curl.
FROM runtime AS served
COPY --chmod=755 deploy/docker/probe /usr/local/bin/probe

FROM served AS api-server
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libhiredis0.14 libpcre2-8-0 libpq5 libsqlite3-0 libxml2 libzip4 poppler-utils \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o gatehouse -g gatehouse -m 0700 /var/lib/gatehouse/var
COPY --from=build-api-server /out/api-server /usr/local/bin/api-server
COPY policies /etc/gatehouse/policies
USER gatehouse
# Within a container loopback would be reached by nobody; who may come is said by the ports that are published.
ENV HOST=0.0.0.0 PORT=8080 POLICY_DIR=/etc/gatehouse/policies
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD probe "$PORT"
ENTRYPOINT ["/usr/local/bin/api-server"]
CMD ["serve"]

FROM served AS limiter-node
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libhiredis0.14 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build-limiter-node /out/limiter-node /usr/local/bin/limiter-node
USER gatehouse
ENV RATELIMITER_BIND=0.0.0.0 RATELIMITER_NODE_PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD probe "$RATELIMITER_NODE_PORT"
ENTRYPOINT ["/usr/local/bin/limiter-node"]
CMD ["serve"]

FROM runtime AS migrator
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libpcre2-8-0 libpq5 libsqlite3-0 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build-migrator /out/migrator /usr/local/bin/migrator
COPY policies /etc/gatehouse/policies
ENV POLICY_DIR=/etc/gatehouse/policies
USER gatehouse
HEALTHCHECK NONE
ENTRYPOINT ["/usr/local/bin/migrator"]
CMD ["upgrade"]
