/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding layers by what people remember of them: name, type, a shape, a problem. */
#include "scene/tn-find.h"

#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-layer.h"

#define MOST_SIZES 16
#define ANY_SIZE   (-1)

/* One thing that is looked for. */
typedef struct
{
  char *folded; /* NULL: nothing to be found in a text */
  gint64 sizes[MOST_SIZES];
  guint n_sizes; /* 0: no shape is meant */
  gboolean whole;
  gboolean any_problem, severe, mild;
} Needle;

static void
needle_clear (Needle *needle)
{
  g_free (needle->folded);
}

/* Sizes with something between them that is no letter: "26x26", "(None, 26, 26, 32)", "4096". */
static void
read_sizes (Needle *needle, const char *text)
{
  gboolean any_number = FALSE;
  const char *at = text;
  guint n_sizes = 0;

  needle->whole = *at == '(' || *at == '[';
  while (*at != '\0')
    {
      if (g_ascii_isdigit (*at))
        {
          char *end;
          guint64 size = g_ascii_strtoull (at, &end, 10);

          if (n_sizes == MOST_SIZES || size > G_MAXINT64)
            return;
          needle->sizes[n_sizes++] = (gint64)size;
          any_number = TRUE;
          at = end;
        }
      else if (g_ascii_strncasecmp (at, "None", 4) == 0 || *at == '?')
        {
          if (n_sizes == MOST_SIZES)
            return;
          needle->sizes[n_sizes++] = ANY_SIZE;
          at += *at == '?' ? 1 : 4;
        }
      else if (strchr (" ,()[]*", *at) != NULL
               || ((*at == 'x' || *at == 'X') && at > text && g_ascii_isdigit (at[-1])
                   && g_ascii_isdigit (at[1])))
        at++;
      else if (g_str_has_prefix (at, "×"))
        at += strlen ("×");
      else
        return;
    }
  if (any_number || needle->whole)
    needle->n_sizes = n_sizes;
}

static gboolean
is_beginning (const char *folded, const char *word)
{
  g_autofree char *other = g_utf8_casefold (word, -1);

  return g_utf8_strlen (folded, -1) >= 3 && g_str_has_prefix (other, folded);
}

static void
needle_init (Needle *needle, const char *text)
{
  *needle = (Needle){ .folded = g_utf8_casefold (text, -1) };
  read_sizes (needle, text);
  needle->any_problem
      = is_beginning (needle->folded, "problems") || is_beginning (needle->folded, _ ("Problems"));
  needle->severe
      = is_beginning (needle->folded, "errors") || is_beginning (needle->folded, _ ("Errors"));
  needle->mild
      = is_beginning (needle->folded, "warnings") || is_beginning (needle->folded, _ ("Warnings"));
}

static gboolean
holds (const char *text, const char *folded)
{
  g_autofree char *other = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return other != NULL && strstr (other, folded) != NULL;
}

static gboolean
same_size (TnDim dim, gint64 size)
{
  return size == ANY_SIZE ? !tn_dim_is_known (dim) : tn_dim_is_known (dim) && dim.size == size;
}

static gboolean
shape_matches (const TnShape *shape, const Needle *needle)
{
  if (shape->rank < 0 || needle->n_sizes == 0 || (guint)shape->rank < needle->n_sizes
      || (needle->whole && (guint)shape->rank != needle->n_sizes))
    return FALSE;
  for (guint start = 0; start + needle->n_sizes <= (guint)shape->rank; start++)
    {
      guint i = 0;

      while (i < needle->n_sizes && same_size (shape->dims[start + i], needle->sizes[i]))
        i++;
      if (i == needle->n_sizes)
        return TRUE;
    }
  return FALSE;
}

static gboolean
ref_matches (const TnFacts *facts, TnRef ref, const Needle *needle)
{
  const TnNode *node = tn_graph_find (tn_facts_graph (facts), ref.node);
  gboolean assumed;
  TnShape shape;

  if (node == NULL || ref.call >= tn_node_n_calls (node) || ref.output >= tn_node_n_outputs (node))
    return FALSE;
  shape = tn_facts_shape (facts, ref, &assumed);
  return shape_matches (&shape, needle);
}

static gboolean
has_shape (const TnFacts *facts, const TnNode *node, const Needle *needle)
{
  TnNodeId id = tn_node_id (node);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    {
      for (guint output = 0; output < tn_node_n_outputs (node); output++)
        if (ref_matches (facts, (TnRef){ id, (guint16)call, (guint16)output }, needle))
          return TRUE;
      for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
        if (ref_matches (facts, tn_node_input (node, call, slot), needle))
          return TRUE;
    }
  return FALSE;
}

/* @issues: those of the node; NULL: it has none. */
static gboolean
has_problem (const GPtrArray *issues, const Needle *needle)
{
  for (guint i = 0; issues != NULL && i < issues->len; i++)
    {
      const TnIssue *issue = issues->pdata[i];

      if (needle->any_problem || (needle->severe && issue->severity != TN_SEVERITY_WARNING)
          || (needle->mild && issue->severity == TN_SEVERITY_WARNING)
          || holds (issue->code, needle->folded))
        return TRUE;
    }
  return FALSE;
}

static gboolean
matches (const TnFacts *facts, const TnNode *node, const GPtrArray *issues, const Needle *needle)
{
  const TnLayer *layer = tn_layer_of (node);

  return holds (tn_node_name (node), needle->folded) || holds (tn_node_type (node), needle->folded)
         || (layer->label != NULL
             && (holds (layer->label, needle->folded) || holds (_ (layer->label), needle->folded)))
         || (facts != NULL && needle->n_sizes > 0 && has_shape (facts, node, needle))
         || has_problem (issues, needle);
}

/* Node id → its issues. */
static GHashTable *
index_issues (const TnFacts *facts)
{
  GHashTable *table = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);

  for (guint i = 0; facts != NULL && i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);
      GPtrArray *issues = g_hash_table_lookup (table, GUINT_TO_POINTER (issue->node));

      if (issues == NULL)
        {
          issues = g_ptr_array_new ();
          g_hash_table_insert (table, GUINT_TO_POINTER (issue->node), issues);
        }
      g_ptr_array_add (issues, (gpointer)issue);
    }
  return table;
}

GArray *
tn_find_layers (const TnGraph *graph, const TnFacts *facts, const char *query)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_autofree char *text = NULL;
  g_autoptr (GHashTable) issues = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree Needle *needles = NULL;
  Needle all;
  guint n_words;

  g_return_val_if_fail (graph != NULL && query != NULL, found);
  text = g_strstrip (g_utf8_make_valid (query, -1));
  if (*text == '\0')
    return found;
  needle_init (&all, text);
  words = g_strsplit_set (text, " \t", -1);
  n_words = g_strv_length (words);
  needles = g_new0 (Needle, n_words);
  for (guint i = 0; i < n_words; i++)
    needle_init (&needles[i], words[i]);
  issues = index_issues (facts);

  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      TnGraphStep step = tn_graph_step (graph, i);
      const TnNode *node = tn_graph_node (graph, step.index);
      TnNodeId id = tn_node_id (node);
      const GPtrArray *own = g_hash_table_lookup (issues, GUINT_TO_POINTER (id));
      gboolean each = n_words > 1 && all.n_sizes == 0;

      if (step.call > 0)
        continue;
      for (guint j = 0; each && j < n_words; j++)
        each = *words[j] == '\0' || matches (facts, node, own, &needles[j]);
      if (each || matches (facts, node, own, &all))
        g_array_append_val (found, id);
    }
  for (guint i = 0; i < n_words; i++)
    needle_clear (&needles[i]);
  needle_clear (&all);
  return found;
}
