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

{{/* Of a policy whose parameter is a NodeIsolation: refuses what is written before its end. CEL knows no time; what it sees is the
     time with which the API server stamped the writer's entry of managedFields. What bears none goes through. It must, or it
     would be refused when the isolation is over, too: a write that changes nothing, or only takes something away. So does a second
     write within one second, which bears the time of the first. */}}
{{- define "havock8s.untilIsolationEnds" -}}
variables:
  - name: until
    expression: timestamp(params.metadata.creationTimestamp) + duration(params.spec.lasts)
  - name: before
    expression: "oldObject == null ? [] : oldObject.?metadata.?managedFields.orValue([])"
  # Those stamped by this write.
  - name: stamped
    expression: >-
      object.?metadata.?managedFields.orValue([]).filter(m, has(m.time) && !variables.before.exists(b,
      b.manager == m.manager && b.operation == m.operation && b.?subresource == m.?subresource && b.?time == m.?time))
validations:
  - expression: variables.stamped.all(m, timestamp(m.time) >= variables.until)
    reason: Forbidden
    messageExpression: >-
      'node ' + params.spec.node + ' is isolated by havock8s until ' + string(variables.until) +
      params.spec.?reason.optMap(reason, ' (' + reason + ')').orValue('') +
      '; to end it now: kubectl delete nodeisolation ' + params.metadata.name
    message: the node is isolated by havock8s; kubectl get nodeisolations has its name
{{- end }}

{{/* Whether one of the steps of a list, or of the groups within it, has the verb: groups stand in one another three deep at most. */}}
{{- define "havock8s.anyStep" -}}
{{- $step := printf "s%d" (int .depth) -}}
{{ .list }}.exists({{ $step }}, has({{ $step }}.{{ .verb }})
{{- if gt (int .depth) 0 }} || {{ include "havock8s.anyStep" (dict "list" (printf "%s.?parallel.orValue([])" $step) "verb" .verb "depth" (sub (int .depth) 1)) }} || {{ include "havock8s.anyStep" (dict "list" (printf "%s.?repeat.?steps.orValue([])" $step) "verb" .verb "depth" (sub (int .depth) 1)) }}
{{- end }})
{{- end }}
