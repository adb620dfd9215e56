# The one image: webhook and sidecar, each a command of `havock8s`.
#
#     docker build -t localhost/havock8s:0.1.0 .     with BuildKit, which Docker has unasked from 23 on
#     npm run image                                 also where there is no Docker, or no registry: docs/contribute/cluster.md
#
# Behind a company's authority: --secret id=authorities,src=/path/of/its.pem, which no layer keeps.
# By buildah and podman (--timestamp) two builds on one base differ in nothing but what Debian mends meanwhile.
ARG NODE_IMAGE=docker.io/library/node:26-bookworm-slim

FROM ${NODE_IMAGE} AS compiled
WORKDIR /build
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=authorities \
  NODE_EXTRA_CA_CERTS=/run/secrets/authorities npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY . .
RUN npm run --silent build

# Types, source maps, manuals and tests of packages are for who writes programs, `prebuilds` for another runtime (Bare), `musl` for another libc.
FROM ${NODE_IMAGE} AS packages
WORKDIR /build
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=authorities \
  NODE_EXTRA_CA_CERTS=/run/secrets/authorities npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
  && mv node_modules/.package-lock.json installed.json \
  && rm -r node_modules/@types \
  && find node_modules -type d \( -name test -o -name prebuilds -o -name 'musl_*' \) -prune -exec rm -r {} + \
  && find node_modules -type f -regex '.*\.\([cm]?ts\|map\|md\|markdown\)' -delete

FROM ${NODE_IMAGE}
# nft and ip make the rules and routes of the TCP proxy (docs/decisions/0005-nft-and-ip.md). npm and yarn have no business here.
RUN apt-get update -q \
  && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends nftables iproute2 \
  && apt-get clean \
  && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old /var/lib/dpkg/*-old \
    /usr/share/doc/* /usr/share/man/* /usr/share/locale/* \
    /usr/local/lib/node_modules /opt/yarn* \
    /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg
WORKDIR /opt/havock8s
ARG VERSION=0.1.0
COPY package.json LICENSE ./
COPY --from=packages /build/node_modules node_modules
COPY --from=compiled /build/build build
# All that the labels say, before the last RUN: buildah keeps the values of a RUN's arguments with the step, but not those of a
# LABEL, which it would take from whatever commit built the same files before.
ARG NODE_IMAGE
ARG NODE_DIGEST=unknown
ARG REVISION=unknown
ARG CREATED=unknown
# What is in the image, npm's packages and Debian's, as CycloneDX.
RUN --mount=type=bind,from=packages,source=/build,target=/packages \
  --mount=type=bind,from=compiled,source=/build,target=/compiled \
  mkdir -p /usr/share/sbom \
  && dpkg-query --show --showformat='${Package}\t${Version}\t${Architecture}\n' \
    | node /compiled/dev/image/bill-of-materials.ts /packages/installed.json havock8s "${VERSION}" >/usr/share/sbom/havock8s.cdx.json \
  && ln -s /opt/havock8s/build/cli/main.js /usr/local/bin/havock8s
ENV NODE_ENV=production

LABEL org.opencontainers.image.title="havock8s" \
  org.opencontainers.image.description="Chaos engineering for stateful workloads: faults on a database's disk and network that always end" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}" \
  org.opencontainers.image.base.name="${NODE_IMAGE}" \
  org.opencontainers.image.base.digest="${NODE_DIGEST}" \
  io.havock8s.sbom.path="/usr/share/sbom/havock8s.cdx.json" \
  io.havock8s.sbom.format="CycloneDX"

# By number, so that the kubelet can see that it is nobody's root. The sidecars are made root by the webhook, where they must be.
USER 65532:65532
ENTRYPOINT ["havock8s"]
