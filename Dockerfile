# The one image: webhook and sidecar, each a command of `havock8s`.
#
#     docker build -t havock8s/havock8s:0.1.0 .
#
# With NODE_IMAGE given by its digest, and SOURCE_DATE_EPOCH, two builds differ in little but what Debian mends meanwhile.
ARG NODE_IMAGE=docker.io/library/node:20-bookworm-slim

FROM ${NODE_IMAGE} AS compiled
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY faults faults
COPY pod pod
COPY time time
COPY kube kube
COPY certs certs
COPY webhook webhook
COPY sidecar sidecar
COPY cli cli
RUN npx tsc --sourceMap false --incremental false --tsBuildInfoFile null && chmod 755 dist/cli/main.js

FROM ${NODE_IMAGE} AS packages
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
# nft and ip make the rules and routes of the TCP plane (docs/decisions/0005-nft-and-ip.md). npm and yarn have no business here.
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nftables iproute2 \
  && apt-get clean \
  && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/ldconfig/aux-cache /usr/local/lib/node_modules /opt/yarn* \
    /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg
WORKDIR /opt/havock8s
COPY package.json LICENSE ./
COPY --from=packages /build/node_modules node_modules
COPY --from=compiled /build/dist dist
RUN ln -s /opt/havock8s/dist/cli/main.js /usr/local/bin/havock8s
ENV NODE_ENV=production

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="havock8s" \
  org.opencontainers.image.description="Chaos engineering for stateful workloads: faults on a database's disk and network that always end" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"

# By number, so that the kubelet can see that it is nobody's root. The sidecars are made root by the webhook, where they must be.
USER 65532:65532
ENTRYPOINT ["havock8s"]
