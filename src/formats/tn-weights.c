/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights given as an .npz: a zip of one .npy for every weight, named LAYER/WEIGHT.npy. */
#include "formats/tn-format.h"

#include <string.h>
#include <zip.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "base/tn-text.h"

/* So many keys that fit no layer are told one by one. */
#define MAX_STRANGERS 20
/* Deflate cannot do better than 1032 to 1: what claims to is a bomb. */
#define MAX_RATIO 1100
/* Room for the .npy header, whatever the weight. */
#define HEADER_ROOM 65536
#define CHUNK       65536

G_DEFINE_AUTOPTR_CLEANUP_FUNC (zip_t, zip_discard)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (zip_file_t, zip_fclose)

typedef struct
{
  /* borrowed */
  const char *place;
  const TnFacts *facts;
  TnReport *report;
  GError **error;

  /* owned */
  GHashTable *seen;    /* keys, owned */
  GHashTable *weights; /* key → TnTensor */
  GString *strangers;

  /* state */
  guint n_strangers;
} Loader;

static gboolean
fail (Loader *loader, const char *key, const char *reason)
{
  g_set_error (loader->error, TN_ERROR, TN_ERROR_SYNTAX,
               /* Translators: file name, name of an array in it, what is wrong */
               _ ("%s cannot be opened: the array '%s' %s."), loader->place, key, reason);
  return FALSE;
}

/* Unpacks an array of @size bytes: no more than is really there is ever allocated. */
static GBytes *
unpack (Loader *loader, zip_t *archive, zip_uint64_t index, const char *key, guint64 size)
{
  g_autoptr (zip_file_t) file = zip_fopen_index (archive, index, 0);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);

  if (!file)
    {
      fail (loader, key, zip_strerror (archive));
      return NULL;
    }
  for (;;)
    {
      zip_int64_t n = zip_fread (file, chunk, CHUNK);

      /* The checksum is compared at the end. */
      if (n < 0)
        {
          fail (loader, key, _ ("is damaged"));
          return NULL;
        }
      if (n == 0)
        break;
      if (bytes->len + (guint64)n > size)
        {
          fail (loader, key, _ ("is larger than it claims to be"));
          return NULL;
        }
      g_byte_array_append (bytes, chunk, (guint)n);
    }
  if (bytes->len < size)
    {
      fail (loader, key, _ ("is shorter than it claims to be"));
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* @tensor, or what it holds as float32; NULL for what cannot be had as such. */
static TnTensor *
as_floats (TnTensor *tensor)
{
  gsize n = tn_tensor_elements (tensor);
  TnTensor *floats;
  float *out;

  if (tn_tensor_dtype (tensor) == TN_DTYPE_FLOAT32)
    return tn_tensor_ref (tensor);
  floats = tn_tensor_new (TN_DTYPE_FLOAT32, tn_tensor_shape (tensor));
  if (!floats)
    return NULL;
  out = tn_tensor_floats (floats);
  for (gsize i = 0; i < n; i++)
    switch (tn_tensor_dtype (tensor))
      {
      case TN_DTYPE_FLOAT64:
        out[i] = (float)((const double *)tn_tensor_data (tensor))[i];
        break;
      case TN_DTYPE_INT32:
        out[i] = (float)((const gint32 *)tn_tensor_data (tensor))[i];
        break;
      case TN_DTYPE_INT64:
        out[i] = (float)((const gint64 *)tn_tensor_data (tensor))[i];
        break;
      case TN_DTYPE_FLOAT32:
      case TN_DTYPE_UINT8:
      case TN_DTYPE_BOOL:
      default:
        out[i] = ((const guint8 *)tn_tensor_data (tensor))[i];
        break;
      }
  return floats;
}

static void
add_shape_issue (Loader *loader, guint index, const char *key, const TnWeightSpec *weight,
                 const TnShape *received, guint64 size)
{
  TnNodeId node = tn_node_id (tn_graph_node (tn_facts_graph (loader->facts), index));
  g_autofree char *expected = tn_shape_to_text (&weight->shape);
  TnIssue *issue;

  if (received)
    {
      g_autofree char *found = tn_shape_to_text (received);

      issue = tn_report_add (loader->report, TN_SEVERITY_CONTRACT, "weights", node,
                             _ ("The weight %s must have the shape %s here, but %s holds one of "
                                "shape %s."),
                             key, expected, loader->place, found);
    }
  else
    {
      g_autofree char *bytes = tn_text_bytes (size);

      issue = tn_report_add (loader->report, TN_SEVERITY_CONTRACT, "weights", node,
                             _ ("The weight %s must have the shape %s here, but %s holds %s for "
                                "it."),
                             key, expected, loader->place, bytes);
    }
  if (!issue)
    return;
  issue->expected = weight->shape;
  if (received)
    issue->received = *received;
}

static gboolean
read_weight (Loader *loader, zip_t *archive, const zip_stat_t *stat, const char *key,
             const TnWeightSpec *weight, guint index)
{
  gint64 elements = tn_shape_elements (&weight->shape, 0);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TnTensor) tensor = NULL;
  g_autoptr (TnTensor) floats = NULL;
  g_autofree char *place = g_strdup_printf ("%s, %s", loader->place, key);

  /* Eight bytes an element is the most that a fitting array may need; beyond, its own size is proof
   * enough that it does not fit. */
  if (elements >= 0 && elements < G_MAXINT64 / 16
      && stat->size > (guint64)elements * 8 + HEADER_ROOM)
    {
      add_shape_issue (loader, index, key, weight, NULL, stat->size);
      return TRUE;
    }
  bytes = unpack (loader, archive, stat->index, key, stat->size);
  if (!bytes)
    return FALSE;
  tensor = tn_npy_parse (bytes, place, loader->error);
  if (!tensor)
    return FALSE;
  if (!tn_shape_identical (tn_tensor_shape (tensor), &weight->shape))
    {
      add_shape_issue (loader, index, key, weight, tn_tensor_shape (tensor), stat->size);
      return TRUE;
    }
  floats = as_floats (tensor);
  if (!floats)
    {
      g_set_error (loader->error, TN_ERROR, TN_ERROR_MEMORY,
                   _ ("There is not enough memory for %s."), place);
      return FALSE;
    }
  g_hash_table_insert (loader->weights, g_strdup (key), g_steal_pointer (&floats));
  return TRUE;
}

/* A key that fits no layer: told with the others at the end. */
static void
note_stranger (Loader *loader, const char *key)
{
  if (loader->n_strangers++ < MAX_STRANGERS)
    g_string_append_printf (loader->strangers, "%s%s", loader->strangers->len > 0 ? ", " : "", key);
}

static gboolean
read_entry (Loader *loader, zip_t *archive, zip_uint64_t number)
{
  zip_stat_t stat;
  g_autofree char *key = NULL;
  const TnWeightSpec *weight;
  int index;

  zip_stat_init (&stat);
  if (zip_stat_index (archive, number, 0, &stat) < 0 || !(stat.valid & ZIP_STAT_NAME)
      || !(stat.valid & ZIP_STAT_SIZE) || !(stat.valid & ZIP_STAT_COMP_SIZE))
    return fail (loader, "?", _ ("has no name or size"));

  key = g_utf8_make_valid (stat.name, -1);
  if (g_str_has_suffix (key, "/"))
    return TRUE;
  if (g_str_has_suffix (key, ".npy"))
    key[strlen (key) - strlen (".npy")] = '\0';
  if (!g_hash_table_add (loader->seen, g_strdup (key)))
    return fail (loader, key, _ ("is there twice"));
  if (stat.size / MAX_RATIO > stat.comp_size)
    return fail (loader, key, _ ("claims a size that nothing packs so well"));

  weight = tn_facts_find_weight (loader->facts, key, &index);
  if (weight)
    return read_weight (loader, archive, &stat, key, weight, (guint)index);
  /* Of a layer whose weights cannot be told yet nothing can be said. */
  if (index < 0 || tn_facts_params (loader->facts, (guint)index) >= 0)
    note_stranger (loader, key);
  return TRUE;
}

static void
report_strangers (Loader *loader)
{
  if (loader->n_strangers > MAX_STRANGERS)
    g_string_append_printf (loader->strangers, _ (" and %u more"),
                            loader->n_strangers - MAX_STRANGERS);
  if (loader->n_strangers > 0)
    tn_report_add (loader->report, TN_SEVERITY_CONTRACT, "weights", TN_NODE_NONE,
                   ngettext ("%s holds an array that fits no layer: %s.",
                             "%s holds arrays that fit no layer: %s.", loader->n_strangers),
                   loader->place, loader->strangers->str);
}

static void
report_missing (Loader *loader)
{
  const TnGraph *graph = tn_facts_graph (loader->facts);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      g_autoptr (GString) missing = g_string_new (NULL);
      guint n_weights = 0, n_missing = 0;
      const TnWeightSpec *weights = tn_facts_weights (loader->facts, i, &n_weights);

      for (guint j = 0; weights && j < n_weights; j++)
        {
          g_autofree char *key = g_strdup_printf ("%s/%s", tn_node_name (node), weights[j].name);

          if (!g_hash_table_contains (loader->seen, key))
            g_string_append_printf (missing, "%s%s", n_missing++ > 0 ? ", " : "", key);
        }
      if (n_missing > 0)
        tn_report_add (
            loader->report, TN_SEVERITY_CONTRACT, "weights", tn_node_id (node),
            ngettext ("%s lacks a weight of %s: %s.", "%s lacks weights of %s: %s.", n_missing),
            loader->place, tn_node_name (node), missing->str);
    }
}

static zip_t *
open_archive (const char *path, const char *place, GError **error)
{
  int code = 0;
  zip_t *archive = zip_open (path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
  zip_error_t reason;

  if (archive)
    return archive;
  zip_error_init_with_code (&reason, code);
  if (code == ZIP_ER_NOENT || code == ZIP_ER_OPEN || code == ZIP_ER_READ)
    g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("%s cannot be opened: %s."), place,
                 zip_error_strerror (&reason));
  else
    g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                 _ ("%s is no .npz archive as numpy.savez() writes it: %s."), place,
                 zip_error_strerror (&reason));
  zip_error_fini (&reason);
  return NULL;
}

static void
loader_clear (Loader *loader)
{
  g_clear_pointer (&loader->seen, g_hash_table_unref);
  g_clear_pointer (&loader->weights, g_hash_table_unref);
  g_string_free (loader->strangers, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Loader, loader_clear)

GHashTable *
tn_format_read_weights (const char *path, const TnFacts *facts, TnReport *report, GError **error)
{
  g_autofree char *place = g_filename_display_name (path);
  g_autoptr (zip_t) archive = open_archive (path, place, error);
  g_auto (Loader) loader = {
    .place = place,
    .facts = facts,
    .report = report,
    .error = error,
    .seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .weights
    = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)tn_tensor_unref),
    .strangers = g_string_new (NULL),
  };

  if (!archive)
    return NULL;
  for (zip_int64_t i = 0; i < zip_get_num_entries (archive, 0); i++)
    if (!read_entry (&loader, archive, (zip_uint64_t)i))
      return NULL;
  report_strangers (&loader);
  report_missing (&loader);
  return g_steal_pointer (&loader.weights);
}
