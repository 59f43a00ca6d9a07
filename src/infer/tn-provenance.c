/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Following a number upstream, through the recorded derivations of the shape rules. */
#include "infer/tn-provenance.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "tensor/tn-symbol.h"

/* An axis of a tensor. */
typedef struct
{
  TnRef ref;
  int axis;
} Place;

typedef struct
{
  const TnFacts *facts;
  GArray *links;      /* of TnProvenance */
  GArray *layers;     /* of TnNodeId, or NULL: every layer passed, nearest first */
  GHashTable *traces; /* node id and call → TnTrace */
  GHashTable *seen;   /* node id, call, output and axis */
  GArray *stack;      /* of Place, still to be followed: chains may be too long for recursion */
} Tracer;

static void
link_clear (gpointer data)
{
  g_free (((TnProvenance *)data)->text);
}

GArray *
tn_provenance_new (void)
{
  GArray *links = g_array_new (FALSE, FALSE, sizeof (TnProvenance));

  g_array_set_clear_func (links, link_clear);
  return links;
}

static gint64 *
make_key (TnRef ref, int axis)
{
  /* GLib hashes the low half of an int64 only: that is where the ids differ. */
  gint64 key = (gint64)ref.call << 48 | (gint64)ref.output << 40 | (gint64)axis << 32 | ref.node;

  return g_memdup2 (&key, sizeof key);
}

/* The recording of the call that makes @ref; NULL when its inputs are not all known. */
static const TnTrace *
find_trace (Tracer *tracer, TnRef ref, guint index)
{
  const TnGraph *graph = tn_facts_graph (tracer->facts);
  const TnNode *node = tn_graph_node (graph, index);
  guint n_inputs = tn_node_n_shaping (node, ref.call);
  g_autofree TnShape *inputs = NULL;
  g_autofree const char **sources = NULL;
  TnRef call = { ref.node, ref.call, 0 };
  g_autofree gint64 *key = make_key (call, 0);
  TnTrace *trace = g_hash_table_lookup (tracer->traces, key);

  if (trace != NULL)
    return trace;
  inputs = g_new (TnShape, n_inputs);
  sources = g_new (const char *, n_inputs);
  for (guint slot = 0; slot < n_inputs; slot++)
    {
      const TnNode *source = tn_graph_find (graph, tn_node_input (node, ref.call, slot).node);

      inputs[slot] = tn_facts_input (tracer->facts, index, ref.call, slot);
      sources[slot] = source != NULL ? tn_node_name (source) : "";
      if (!tn_shape_is_some (&inputs[slot])
          && !(source == NULL && tn_node_is_optional (node, slot)))
        return NULL;
    }
  trace = tn_layer_trace (node, tn_graph_dense_inputs (graph), ref.call, inputs, sources, n_inputs);
  g_hash_table_insert (tracer->traces, g_steal_pointer (&key), trace);
  return trace;
}

/* "26 = ⌊(28 − 3)/1⌋ + 1"; but an expression that is all of its arithmetic stands alone. */
static char *
link_text (const char *value, const char *arithmetic)
{
  g_auto (GStrv) factors = g_strsplit (arithmetic, " × ", -1);
  g_autofree char *product = g_strjoinv ("·", factors);

  if (strcmp (product, value) == 0)
    return g_strdup (value);
  return g_strdup_printf ("%s = %s", value, arithmetic);
}

/* FALSE when the same was told already: height and width usually come about alike. */
static gboolean
add_link (Tracer *tracer, TnProvenance link)
{
  for (guint i = 0; i < tracer->links->len; i++)
    {
      const TnProvenance *other = &g_array_index (tracer->links, TnProvenance, i);

      if (other->node == link.node && strcmp (other->text, link.text) == 0)
        {
          g_free (link.text);
          return FALSE;
        }
    }
  g_array_append_val (tracer->links, link);
  return TRUE;
}

/* One link of the chain; what it was made of goes on the stack, to be followed next. */
static void
trace_dim (Tracer *tracer, TnRef ref, int axis)
{
  int index = tn_graph_index (tn_facts_graph (tracer->facts), ref.node);
  TnShape shape = tn_facts_shape (tracer->facts, ref, NULL);
  const TnNode *node;
  const TnTrace *trace;
  g_autofree char *arithmetic = NULL, *value = NULL;
  g_autoptr (GArray) leaves = NULL;
  const char *param = NULL;

  if (index < 0 || axis >= shape.rank || !g_hash_table_add (tracer->seen, make_key (ref, axis)))
    return;
  node = tn_graph_node (tn_facts_graph (tracer->facts), (guint)index);
  trace = find_trace (tracer, ref, (guint)index);
  for (guint i = 0; tracer->layers != NULL; i++)
    {
      if (i < tracer->layers->len && g_array_index (tracer->layers, TnNodeId, i) == ref.node)
        break;
      if (i >= tracer->layers->len)
        {
          g_array_append_val (tracer->layers, ref.node);
          break;
        }
    }
  if (trace == NULL || !tn_trace_explain (trace, ref.output, axis, &arithmetic, &leaves))
    return;

  value = tn_dim_to_text (shape.dims[axis]);
  for (guint i = 0; i < leaves->len && param == NULL; i++)
    {
      const TnLeaf *leaf = &g_array_index (leaves, TnLeaf, i);

      if (leaf->kind == TN_LEAF_PARAM)
        param = leaf->name;
    }
  if (arithmetic != NULL || param != NULL || leaves->len == 0)
    {
      TnProvenance link
          = { .node = ref.node, .axis = axis, .value = shape.dims[axis].size, .param = param };

      if (arithmetic != NULL)
        link.text = link_text (value, arithmetic);
      else if (param != NULL)
        /* Translators: 64 = filters of conv2d_1 */
        link.text = g_strdup_printf (_ ("%s = %s of %s"), value, param, tn_node_name (node));
      else
        /* Translators: 1 = always so in flatten */
        link.text = g_strdup_printf (_ ("%s = always so in %s"), value, tn_node_name (node));
      if (!add_link (tracer, link) && tracer->layers == NULL)
        return;
    }
  for (guint i = leaves->len; i-- > 0;)
    {
      const TnLeaf *leaf = &g_array_index (leaves, TnLeaf, i);
      Place next = { tn_node_input (node, ref.call, leaf->slot), leaf->axis };

      if (leaf->kind == TN_LEAF_INPUT)
        g_array_append_val (tracer->stack, next);
    }
}

static void
follow (const TnFacts *facts, TnRef ref, int axis, GArray *links, GArray *layers, guint *steps)
{
  Tracer tracer = {
    .facts = facts,
    .links = links,
    .layers = layers,
    .traces
    = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)tn_trace_free),
    .seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL),
    .stack = g_array_new (FALSE, FALSE, sizeof (Place)),
  };

  trace_dim (&tracer, ref, axis);
  while (tracer.stack->len > 0 && (steps == NULL || *steps > 0))
    {
      Place next = g_array_index (tracer.stack, Place, tracer.stack->len - 1);

      g_array_set_size (tracer.stack, tracer.stack->len - 1);
      if (steps != NULL)
        (*steps)--;
      trace_dim (&tracer, next.ref, next.axis);
    }
  g_array_unref (tracer.stack);
  g_hash_table_unref (tracer.traces);
  g_hash_table_unref (tracer.seen);
}

void
tn_provenance_trace (const TnFacts *facts, TnRef ref, int axis, GArray *links)
{
  follow (facts, ref, axis, links, NULL, NULL);
}

void
tn_provenance_trace_within (const TnFacts *facts, TnRef ref, int axis, GArray *links, guint *steps)
{
  if (*steps > 0)
    follow (facts, ref, axis, links, NULL, steps);
}

GArray *
tn_provenance_layers (const TnFacts *facts, TnRef ref, int axis)
{
  g_autoptr (GArray) links = tn_provenance_new ();
  GArray *layers = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  follow (facts, ref, axis, links, layers, NULL);
  return layers;
}

char *
tn_provenance_to_text (const GArray *links, const TnGraph *graph, guint most)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint length = links->len;

  for (guint i = 0; i < length; i++)
    {
      const TnProvenance *link = &g_array_index (links, TnProvenance, i);
      const TnNode *node = tn_graph_find (graph, link->node);
      const char *name = node != NULL ? tn_node_name (node) : "?";

      if (i > 0)
        g_string_append (out, "; ");
      if (most > 1 && length > most && i == most / 2)
        {
          g_string_append (out, "…; ");
          i = length - (most - most / 2);
          link = &g_array_index (links, TnProvenance, i);
          node = tn_graph_find (graph, link->node);
          name = node != NULL ? tn_node_name (node) : "?";
        }
      g_string_append (out, link->text);
      /* "64 = filters of conv2d_1" names its layer already. */
      if (strstr (link->text, name) == NULL)
        g_string_append_printf (out, " (%s)", name);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
