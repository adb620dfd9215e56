{{/* What everything of ours carries. Neither the chart's version nor `managed-by`: Helm adds the latter itself, and the
     base for kustomize is this chart's output. */}}
{{- define "havock8s.labels" -}}
app.kubernetes.io/name: havock8s
app.kubernetes.io/component: webhook
{{- end }}

{{- define "havock8s.controllerLabels" -}}
app.kubernetes.io/name: havock8s
app.kubernetes.io/component: controller
{{- end }}

{{/* Of one of .Values.ledgers. */}}
{{- define "havock8s.ledgerLabels" -}}
app.kubernetes.io/name: havock8s
app.kubernetes.io/component: ledger
app.kubernetes.io/instance: {{ .name }}
{{- end }}

{{- define "havock8s.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{/* The file `injection.yaml`, as webhook/injection-config.ts has it. */}}
{{- define "havock8s.injection" -}}
{{- with .Values.injection -}}
image: {{ .image | default (include "havock8s.image" $) }}
imagePullPolicy: {{ .imagePullPolicy }}
podSelector: {{ .podSelector | toJson }}
podSecurityDefault: {{ .podSecurityDefault }}
resources:
  {{- toYaml .resources | nindent 2 }}
servedSizeLimit: {{ .servedSizeLimit }}
runSizeLimit: {{ .runSizeLimit }}
openControl: {{ .openControl }}
readOnlyPort: {{ .readOnlyPort }}
logLevel: {{ .logLevel }}
{{- end -}}
{{- end }}

{{- define "havock8s.excludedNamespaces" -}}
{{- append .Values.webhook.excludedNamespaces .Release.Namespace | uniq | toJson -}}
{{- end }}

{{- define "havock8s.injectCaFrom" -}}
{{- if eq .Values.certs.source "cert-manager" }}
annotations:
  cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/havock8s-webhook
{{- end }}
{{- end }}
