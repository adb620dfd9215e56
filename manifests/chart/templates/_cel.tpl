{{/* Names of faults that the object carries and did not carry before, or not with that sentence. Taking one away is no change
     here: nothing may ever stand in the way of switching a fault off. Whether anything changed at all is asked first: that costs a
     tenth of going over the annotations, of which a pod may have thirty thousand. */}}
{{- define "havock8s.changedFaults" -}}
(oldObject == null || object.metadata.?annotations != oldObject.metadata.?annotations) &&
object.metadata.?annotations.orValue({}).{{ .macro }}(key,
  key.startsWith('fault.havock8s.io/') &&
  (oldObject == null || oldObject.metadata.?annotations[?key] != optional.of(object.metadata.annotations[key])))
{{- end }}

{{/* A label selector (metav1.LabelSelector) as CEL over the object's labels. */}}
{{- define "havock8s.selectorAsCel" -}}
{{- $terms := list -}}
{{- range $key, $value := .matchLabels }}
{{- $terms = append $terms (printf "object.metadata.?labels[?'%s'] == optional.of('%s')" $key $value) }}
{{- end }}
{{- range .matchExpressions }}
{{- $label := printf "object.metadata.?labels[?'%s']" .key }}
{{- $among := printf "%s.hasValue() && %s.value() in ['%s']" $label $label (join "', '" .values) }}
{{- if eq .operator "In" }}{{ $terms = append $terms $among }}
{{- else if eq .operator "NotIn" }}{{ $terms = append $terms (printf "!(%s)" $among) }}
{{- else if eq .operator "Exists" }}{{ $terms = append $terms (printf "%s.hasValue()" $label) }}
{{- else }}{{ $terms = append $terms (printf "!%s.hasValue()" $label) }}
{{- end }}
{{- end }}
{{- $terms | default (list "true") | join " && " }}
{{- end }}
