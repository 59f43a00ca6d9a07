/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mermaid: a flowchart for pages that draw it, with shapes on the wires and classes for problems.
 */
#include <string.h>

#include "base/tn-i18n.h"
#include "codegen/tn-code-private.h"

/* Within quotation marks Mermaid takes text as HTML or Markdown; numbered entities are neither. */
static void
append_escaped (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (character < 0x20 || character == 0x7F)
        g_string_append_unichar (out, 0xFFFD);
      else if (character < 0x80 && !g_ascii_isalnum (*c) && strchr (" _-.,:()+/", *c) == NULL)
        g_string_append_printf (out, "#%u;", character);
      else
        g_string_append_unichar (out, character);
    }
}

static void
append_node (GString *out, const TnFacts *facts, guint index, guint depth)
{
  static const char *const classes[] = {
    [TN_SEVERITY_ERROR] = ":::error",
    [TN_SEVERITY_CONTRACT] = ":::contract",
    [TN_SEVERITY_WARNING] = ":::warning",
  };
  const TnNode *node = tn_graph_node (tn_facts_graph (facts), index);
  g_autofree char *brief = tn_layer_brief (node);
  TnSeverity severity = TN_SEVERITY_WARNING;
  g_autofree char *problem = tn_code_problem (facts, index, &severity);

  g_string_append_printf (out, "%*sn%u[\"", (int)(2 * depth + 2), "", tn_node_id (node));
  append_escaped (out, tn_name_own (tn_node_name (node)));
  g_string_append_printf (out, "<br/>%s", tn_node_type (node));
  if (*brief != '\0')
    {
      g_string_append (out, "<br/>");
      append_escaped (out, brief);
    }
  if (problem != NULL)
    {
      g_string_append (out, "<br/>");
      append_escaped (out, problem);
    }
  g_string_append_printf (out, "\"]%s\n", problem != NULL ? classes[severity] : "");
}

/* Wires are styled by their number: @n_edges counts them; @errors and @warnings collect it. */
static void
append_edges (GString *out, const TnFacts *facts, guint index, guint *n_edges, GString *errors,
              GString *warnings)
{
  const TnGraph *graph = tn_facts_graph (facts);
  const TnNode *node = tn_graph_node (graph, index);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        TnRef ref = tn_node_input (node, call, slot);
        TnShape shape = tn_facts_shape (facts, ref, NULL);
        TnEdgeState state = tn_facts_edge (facts, index, call, slot);
        gboolean is_sure = state != TN_EDGE_ASSUMED && state != TN_EDGE_UNKNOWN;
        GString *marked = state == TN_EDGE_ERROR     ? errors
                          : state == TN_EDGE_WARNING ? warnings
                                                     : NULL;
        g_autofree char *text = tn_shape_to_text (&shape);

        if (tn_graph_find (graph, ref.node) == NULL)
          continue;
        g_string_append_printf (out, "  n%u %s|\"", ref.node, is_sure ? "-->" : "-.->");
        append_escaped (out, text);
        g_string_append_printf (out, "\"| n%u\n", tn_node_id (node));
        if (marked != NULL)
          g_string_append_printf (marked, "%s%u", marked->len > 0 ? "," : "", *n_edges);
        (*n_edges)++;
      }
}

static void
begin_group (GString *out, const TnGroup *group, guint number, guint depth)
{
  g_string_append_printf (out, "%*ssubgraph g%u[\"", (int)(2 * depth + 2), "", number);
  append_escaped (out, tn_name_own (tn_group_name (group)));
  g_string_append_printf (out, " (%s)\"]\n", tn_group_type (group));
}

static const TnCodeGrouping grouping = {
  .node = append_node,
  .begin = begin_group,
  .end = "end",
};

static gboolean
mermaid_write (const TnFacts *facts, GString *out, GError **error)
{
  const TnGraph *graph = tn_facts_graph (facts);
  g_autoptr (GArray) order = tn_code_order (graph);
  g_autoptr (GString) errors = g_string_new (NULL), warnings = g_string_new (NULL);
  guint n_edges = 0;

  g_string_append (out, "flowchart TD\n");
  tn_code_write_grouped (out, facts, order, &grouping);
  for (guint i = 0; i < order->len; i++)
    append_edges (out, facts, g_array_index (order, guint, i), &n_edges, errors, warnings);
  g_string_append (out, "  classDef error fill:#fbe1e1,stroke:#c01c28,color:#000\n"
                        "  classDef contract stroke:#c01c28,stroke-width:2px\n"
                        "  classDef warning fill:#fff3d6,stroke:#b36b00,color:#000\n");
  if (errors->len > 0)
    g_string_append_printf (out, "  linkStyle %s stroke:#c01c28,color:#c01c28\n", errors->str);
  if (warnings->len > 0)
    g_string_append_printf (out, "  linkStyle %s stroke:#b36b00,color:#b36b00\n", warnings->str);
  return TRUE;
}

const TnCodeTarget tn_code_mermaid = {
  .name = "mmd",
  .ending = "mmd",
  .label = N_ ("Mermaid diagram"),
  .write = mermaid_write,
};
