/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights out of .npz files: good ones, such as do not fit the model, damaged and hostile ones. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/tn-error.h"
#include "test-files.h"

#define MODEL                                                                                      \
  "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"m\",\"layers\":["                         \
  "{\"class_name\":\"InputLayer\",\"config\":{\"name\":\"i\",\"batch_shape\":[null,2]}},"          \
  "{\"class_name\":\"Dense\",\"config\":{\"name\":\"d\",\"units\":3}}]}}"

static TnFacts *
facts (void)
{
  g_autoptr (GBytes) bytes = test_bytes (MODEL);
  g_autoptr (TnGraph) graph = test_parse (bytes, NULL);

  return tn_infer (graph, NULL, NULL);
}

/* The same within a model. */
#define NESTED                                                                                     \
  "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"outer\",\"layers\":["                     \
  "{\"class_name\":\"InputLayer\",\"config\":{\"name\":\"o\",\"batch_shape\":[null,2]}}," MODEL    \
  "]}}"

/* A .npy of version 1. */
static GBytes *
npy (const char *type, const char *shape, gconstpointer data, gsize size)
{
  g_autofree char *header
      = g_strdup_printf ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", type, shape);
  GByteArray *out = g_byte_array_new ();
  guint8 start[10] = { 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (guint8)strlen (header), 0 };

  g_byte_array_append (out, start, sizeof start);
  g_byte_array_append (out, (const guint8 *)header, (guint)strlen (header));
  g_byte_array_append (out, data, (guint)size);
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
floats (const char *shape, guint n)
{
  g_autofree float *data = g_new (float, n);

  for (guint i = 0; i < n; i++)
    data[i] = (float)i / 2;
  return npy ("<f4", shape, data, n * sizeof *data);
}

typedef struct
{
  zip_t *archive;
  char *path;
} Pack;

static Pack
pack_new (const char *folder)
{
  Pack pack = { NULL, g_build_filename (folder, "w.npz", NULL) };

  pack.archive = zip_open (pack.path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
  g_assert_nonnull (pack.archive);
  return pack;
}

/* Takes over @bytes. */
static void
pack_add (Pack *pack, const char *name, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);
  gpointer copy = malloc (size); /* libzip frees it by free () */

  memcpy (copy, data, size);
  g_assert_cmpint (zip_file_add (pack->archive, name,
                                 zip_source_buffer (pack->archive, copy, size, 1),
                                 ZIP_FL_ENC_UTF_8),
                   >=, 0);
  g_bytes_unref (bytes);
}

static GHashTable *
load (const char *path, TnReport *report, GError **error)
{
  g_autoptr (TnFacts) all = facts ();

  return tn_format_read_weights (path, all, report, error);
}

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("tenon-weights-XXXXXX", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "w.npz", NULL);

  g_unlink (path);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static void
test_good (Fixture *fixture, gconstpointer data)
{
  static const double bias[] = { 1, 2, 3 };
  Pack pack = pack_new (fixture->folder);
  g_autofree char *path = pack.path;
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (GHashTable) weights = NULL;
  g_autoptr (GError) error = NULL;
  TnTensor *tensor;

  pack_add (&pack, "d/kernel.npy", floats ("(2, 3)", 6));
  pack_add (&pack, "d/bias.npy", npy ("<f8", "(3,)", bias, sizeof bias));
  g_assert_cmpint (zip_close (pack.archive), ==, 0);
  weights = load (path, report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tn_report_size (report), ==, 0);
  g_assert_cmpuint (g_hash_table_size (weights), ==, 2);
  tensor = g_hash_table_lookup (weights, "d/kernel");
  g_assert_cmpfloat (tn_tensor_floats (tensor)[5], ==, 2.5);
  /* Whatever it was stored as, it is float32. */
  tensor = g_hash_table_lookup (weights, "d/bias");
  g_assert_cmpint (tn_tensor_dtype (tensor), ==, TN_DTYPE_FLOAT32);
  g_assert_cmpfloat (tn_tensor_floats (tensor)[2], ==, 3);
}

/* Missing, of the wrong shape (told by itself and by its mere size), of no layer. */
/* Names of layers hold slashes as well. */
static void
test_nested (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = test_bytes (NESTED);
  g_autoptr (TnGraph) graph = test_parse (bytes, NULL);
  g_autoptr (TnFacts) nested = tn_infer (graph, NULL, NULL);
  g_autoptr (GHashTable) weights = NULL;
  Pack pack = pack_new (fixture->folder);

  pack_add (&pack, "m/d/kernel.npy", floats ("(2, 3)", 6));
  pack_add (&pack, "m/d/bias.npy", floats ("(3,)", 3));
  g_assert_cmpint (zip_close (pack.archive), ==, 0);
  weights = tn_format_read_weights (pack.path, nested, report, &error);
  g_assert_no_error (error);
  g_assert_null (tn_report_first (report));
  g_assert_cmpuint (g_hash_table_size (weights), ==, 2);
  g_assert_true (g_hash_table_contains (weights, "m/d/kernel"));
  g_free (pack.path);
}

static void
test_contract (Fixture *fixture, gconstpointer data)
{
  Pack pack = pack_new (fixture->folder);
  g_autofree char *path = pack.path;
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (GHashTable) weights = NULL;
  g_autoptr (GError) error = NULL;

  pack_add (&pack, "d/kernel.npy", floats ("(3, 2)", 6));
  pack_add (&pack, "e/kernel.npy", floats ("(3, 2)", 6));
  pack_add (&pack, "d/scale.npy", floats ("(3,)", 3));
  pack_add (&pack, "nonsense", floats ("(3,)", 3));
  g_assert_cmpint (zip_close (pack.archive), ==, 0);
  weights = load (path, report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (weights), ==, 0);
  g_assert_cmpuint (tn_report_size (report), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpstr (tn_report_issue (report, i)->code, ==, "weights");
      g_assert_cmpint (tn_report_issue (report, i)->severity, ==, TN_SEVERITY_CONTRACT);
    }
  g_assert_nonnull (strstr (tn_report_issue (report, 0)->message, "(2, 3)"));
  g_assert_nonnull (strstr (tn_report_issue (report, 0)->message, "(3, 2)"));
  g_assert_cmpint (tn_report_issue (report, 0)->received.rank, ==, 2);
  g_assert_nonnull (strstr (tn_report_issue (report, 1)->message, "e/kernel, d/scale, nonsense."));
  g_assert_nonnull (strstr (tn_report_issue (report, 2)->message, "d/bias"));
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  Pack pack = pack_new (fixture->folder);
  g_autofree char *path = pack.path;
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (GHashTable) weights = NULL;
  g_autoptr (GError) error = NULL;

  pack_add (&pack, "d/kernel.npy", floats ("(1000, 100)", 100000));
  pack_add (&pack, "d/bias.npy", floats ("(3,)", 3));
  g_assert_cmpint (zip_close (pack.archive), ==, 0);
  weights = load (path, report, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tn_report_size (report), ==, 1);
  g_assert_cmpstr (tn_report_issue (report, 0)->code, ==, "weights");
  g_assert_cmpuint (g_hash_table_size (weights), ==, 1);
}

/* Bytes of a good file that hold @from become @to, everywhere (a zip says much twice). */
static void
patch (const char *path, const char *from, const char *to, gsize size)
{
  g_autofree char *text = NULL;
  gsize length;
  guint n = 0;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (gsize i = 0; i + size <= length; i++)
    if (memcmp (text + i, from, size) == 0)
      {
        memcpy (text + i, to, size);
        n++;
      }
  g_assert_cmpuint (n, >, 0);
  g_assert_true (g_file_set_contents (path, text, (gssize)length, NULL));
}

static void
assert_refused (const char *path, int code)
{
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (load (path, report, &error));
  g_assert_error (error, TN_ERROR, code);
  g_assert_nonnull (strstr (error->message, path));
}

static void
test_hostile (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "w.npz", NULL);
  static const guint8 size[4] = { 96, 0, 0, 0 };
  g_autoptr (GBytes) sample = floats ("(2, 3)", 6);
  guint8 real[4] = { (guint8)g_bytes_get_size (sample), 0, 0, 0 };

  assert_refused (path, TN_ERROR_IO);
  g_assert_true (g_file_set_contents (path, "no zip at all", -1, NULL));
  assert_refused (path, TN_ERROR_SYNTAX);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  assert_refused (path, TN_ERROR_SYNTAX);

  /* 0: other data than its checksum says; 1: a size that is not so; 2: no array; 3: the same twice;
   * 4: cut off. */
  for (guint kind = 0; kind < 5; kind++)
    {
      Pack pack = pack_new (fixture->folder);
      g_autofree char *made = pack.path;

      pack_add (&pack, "d/bias.npy", floats ("(3,)", 3));
      pack_add (&pack, kind == 3 ? "d/bias" : "d/kernel.npy",
                kind == 2 ? g_bytes_new ("junk", 4) : g_bytes_ref (sample));
      for (zip_uint64_t i = 0; i < 2; i++)
        g_assert_cmpint (zip_set_file_compression (pack.archive, i, ZIP_CM_STORE, 0), ==, 0);
      g_assert_cmpint (zip_close (pack.archive), ==, 0);
      if (kind == 0)
        patch (made, "(2, 3)", "(3, 2)", 6);
      else if (kind == 1)
        patch (made, (const char *)real, (const char *)size, sizeof size);
      else if (kind == 4)
        {
          g_autofree char *text = NULL;
          gsize length;

          g_assert_true (g_file_get_contents (made, &text, &length, NULL));
          g_assert_true (g_file_set_contents (made, text, (gssize)(length / 2), NULL));
        }
      assert_refused (made, TN_ERROR_SYNTAX);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/formats/weights/good", Fixture, NULL, set_up, test_good, tear_down);
  g_test_add ("/formats/weights/nested", Fixture, NULL, set_up, test_nested, tear_down);
  g_test_add ("/formats/weights/contract", Fixture, NULL, set_up, test_contract, tear_down);
  g_test_add ("/formats/weights/too-large", Fixture, NULL, set_up, test_too_large, tear_down);
  g_test_add ("/formats/weights/hostile", Fixture, NULL, set_up, test_hostile, tear_down);
  return g_test_run ();
}
