# CloudNativePG's operator as its own image has it: one static program, and its copy for each architecture of nodes.
# Built by cloudnative-pg.ts, of the folder that it lays out.
FROM scratch
COPY . /
ENTRYPOINT ["/manager"]
