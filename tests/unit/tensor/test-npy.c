/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of NumPy: what NumPy writes is read, what is written is what NumPy writes, and damage of
 * every kind is refused with a sentence that names the file. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/tn-error.h"
#include "tensor/tn-tensor.h"

/* A file as NumPy lays it out. */
static GBytes *
npy (int version, const char *header, gconstpointer data, gsize n_bytes)
{
  GByteArray *file = g_byte_array_new ();
  gsize length = strlen (header);
  guint8 prefix[] = { 0x93, 'N', 'U', 'M', 'P', 'Y', (guint8)version, 0 };
  guint8 size[] = { (guint8)length, (guint8)(length >> 8), 0, 0 };

  g_byte_array_append (file, prefix, sizeof prefix);
  g_byte_array_append (file, size, version == 1 ? 2 : 4);
  g_byte_array_append (file, (const guint8 *)header, (guint)length);
  g_byte_array_append (file, data, (guint)n_bytes);
  return g_byte_array_free_to_bytes (file);
}

static TnTensor *
parse (GBytes *bytes)
{
  g_autoptr (GBytes) owned = bytes;
  g_autoptr (GError) error = NULL;
  TnTensor *tensor = tn_npy_parse (owned, "x.npy", &error);

  g_assert_no_error (error);
  return tensor;
}

static void
assert_shape (const TnTensor *tensor, const char *expected)
{
  g_autofree char *text = tn_shape_to_text (tn_tensor_shape (tensor));

  g_assert_cmpstr (text, ==, expected);
}

static void
test_read (void)
{
  static const guint8 floats[] = { 0, 0, 128, 63, 0, 0, 0, 192 }; /* 1, -2 */
  static const guint8 big[] = { 63, 128, 0, 0, 192, 0, 0, 0 };
  static const guint8 shorts[] = { 1, 2, 3, 4, 5, 6 };
  static const guint8 integer[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe };

  for (int version = 1; version <= 3; version++)
    {
      g_autoptr (TnTensor) tensor
          = parse (npy (version, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }     \n",
                        floats, sizeof floats));

      assert_shape (tensor, "(2,)");
      g_assert_cmpfloat (tn_tensor_floats (tensor)[0], ==, 1);
      g_assert_cmpfloat (tn_tensor_floats (tensor)[1], ==, -2);
    }
  {
    g_autoptr (TnTensor) tensor = parse (
        npy (1, "{'descr': '>f4', 'fortran_order': False, 'shape': (1, 2), }\n", big, sizeof big));
    g_autoptr (TnTensor) scalar
        = parse (npy (1, "{'descr': '>i8', 'fortran_order': False, 'shape': (), }\n", integer, 8));
    g_autoptr (TnTensor) fortran = parse (
        npy (1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", shorts, 6));
    g_autoptr (TnTensor) empty
        = parse (npy (1, "{'descr': '<f8', 'fortran_order': True, 'shape': (0, 3), }\n", "", 0));
    /* Old files have the keys in any order; more data than the shape needs is let be. */
    g_autoptr (TnTensor) order
        = parse (npy (2, "{'shape': (2,), 'descr': '|b1', 'fortran_order': False}", shorts, 6));

    g_assert_cmpfloat (tn_tensor_floats (tensor)[0], ==, 1);
    g_assert_cmpfloat (tn_tensor_floats (tensor)[1], ==, -2);
    assert_shape (scalar, "()");
    g_assert_cmpint (*(gint64 *)tn_tensor_data (scalar), ==, -2);
    assert_shape (fortran, "(2, 3)");
    g_assert_cmpmem (tn_tensor_data (fortran), 6, ((guint8[]){ 1, 3, 5, 2, 4, 6 }), 6);
    assert_shape (empty, "(0, 3)");
    g_assert_cmpint (tn_tensor_dtype (order), ==, TN_DTYPE_BOOL);
  }
}

/* Column-major and big-endian at once, against the index arithmetic told otherwise. */
static void
test_fortran (void)
{
  guint8 bytes[2 * 3 * 4 * 4];
  g_autoptr (TnTensor) tensor = NULL;
  const gint32 *read;

  for (guint k = 0; k < 4; k++)
    for (guint j = 0; j < 3; j++)
      for (guint i = 0; i < 2; i++)
        {
          guint32 number = GUINT32_TO_BE (100 * i + 10 * j + k);

          memcpy (bytes + 4 * (i + 2 * (j + 3 * k)), &number, 4);
        }
  tensor = parse (npy (1, "{'descr': '>i4', 'fortran_order': True, 'shape': (2, 3, 4), }\n", bytes,
                       sizeof bytes));
  read = tn_tensor_data (tensor);
  for (gint32 i = 0; i < 2; i++)
    for (gint32 j = 0; j < 3; j++)
      for (gint32 k = 0; k < 4; k++)
        g_assert_cmpint (read[(i * 3 + j) * 4 + k], ==, 100 * i + 10 * j + k);
}

static void
test_round_trip (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tenon-npy-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);

  for (TnDType dtype = TN_DTYPE_FLOAT32; dtype <= TN_DTYPE_BOOL; dtype++)
    for (int rank = 0; rank <= TN_MAX_RANK; rank += 2)
      {
        static const gint64 sizes[TN_MAX_RANK] = { 2, 3, 1, 2, 2, 1, 1, 3 };
        TnShape shape = tn_shape_new (sizes, rank);
        g_autoptr (TnTensor) tensor = tn_tensor_new (dtype, &shape);
        g_autoptr (TnTensor) again = NULL;
        g_autoptr (GError) error = NULL;
        g_autofree char *file = NULL;
        gsize length;

        for (gsize i = 0; i < tn_tensor_bytes (tensor); i++)
          ((guint8 *)tn_tensor_data (tensor))[i]
              = dtype == TN_DTYPE_BOOL ? i % 2 : (guint8)g_test_rand_int_range (0, 127);
        g_assert_true (tn_npy_write (tensor, path, &error));
        again = tn_npy_read (path, &error);
        g_assert_no_error (error);
        g_assert_cmpint (tn_tensor_dtype (again), ==, dtype);
        g_assert_true (tn_shape_identical (tn_tensor_shape (again), &shape));
        g_assert_cmpmem (tn_tensor_data (again), tn_tensor_bytes (again), tn_tensor_data (tensor),
                         tn_tensor_bytes (tensor));

        /* As NumPy does: data at a multiple of 64, behind a newline. */
        g_assert_true (g_file_get_contents (path, &file, &length, NULL));
        g_assert_cmpuint ((length - tn_tensor_bytes (tensor)) % 64, ==, 0);
        g_assert_cmpint (file[length - tn_tensor_bytes (tensor) - 1], ==, '\n');
      }
  g_unlink (path);
  g_rmdir (folder);
}

/* Byte for byte what numpy.save() makes of numpy.arange(3, dtype='<f4'). */
static void
test_as_numpy (void)
{
  static const char expected[128 + 12]
      = "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"
        "                                                            \n"
        "\0\0\0\0\0\0\x80\x3f\0\0\0\x40";
  g_autofree char *folder = g_dir_make_tmp ("tenon-npy-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.npy", NULL);
  TnShape shape = tn_shape_new ((gint64[]){ 3 }, 1);
  g_autoptr (TnTensor) tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
  g_autofree char *file = NULL;
  gsize length;

  for (int i = 0; i < 3; i++)
    tn_tensor_floats (tensor)[i] = (float)i;
  g_assert_true (tn_npy_write (tensor, path, NULL));
  g_assert_true (g_file_get_contents (path, &file, &length, NULL));
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    g_assert_cmpmem (file, length, expected, sizeof expected);
  g_unlink (path);
  g_rmdir (folder);
}

/* ---- refusals ---- */

static void
assert_refused (GBytes *bytes, TnError code, const char *message)
{
  g_autoptr (GBytes) owned = bytes;
  g_autoptr (GError) error = NULL;

  g_assert_null (tn_npy_parse (owned, "x.npy", &error));
  g_assert_error (error, TN_ERROR, (int)code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_damaged (void)
{
  static const char no_npy[] = "x.npy: this is no .npy file; numpy.save() writes one.";
  static const char damaged[] = "x.npy: the header of this .npy file is damaged.";
  static const struct
  {
    const char *header, *message;
    TnError code;
  } headers[] = {
    { "", damaged, TN_ERROR_SYNTAX },
    { "{", damaged, TN_ERROR_SYNTAX },
    { "3", damaged, TN_ERROR_SYNTAX },
    { "{}", damaged, TN_ERROR_SYNTAX },
    { "{'fortran_order': False, 'shape': (2,)}", damaged, TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'shape': (2,)}", damaged, TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'fortran_order': False}", damaged, TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", damaged, TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': 2}", damaged, TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", damaged, TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (None,)}", damaged, TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (2.5,)}", damaged, TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (9,)}",
      "x.npy: the file is too short for an array of shape (9,).", TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
      "x.npy: the file is too short for an array of shape (4611686018427387904, 4).",
      TN_ERROR_SYNTAX },
    { "{'descr': '<f4', 'fortran_order': True, 'shape': (9223372036854775807,)}",
      "x.npy: the file is too short for an array of shape (9223372036854775807,).",
      TN_ERROR_SYNTAX },
    { "{'descr': '<f2', 'fortran_order': False, 'shape': (2,)}",
      "x.npy: arrays of type '<f2' cannot be read; save it as float32, float64, int32, int64, "
      "uint8 or bool.",
      TN_ERROR_UNSUPPORTED },
    { "{'descr': '', 'fortran_order': False, 'shape': (2,)}",
      "x.npy: arrays of type '' cannot be read; save it as float32, float64, int32, int64, "
      "uint8 or bool.",
      TN_ERROR_UNSUPPORTED },
    { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}",
      "x.npy: arrays of type (('a', '<f4'),) cannot be read; save it as float32, float64, int32, "
      "int64, uint8 or bool.",
      TN_ERROR_UNSUPPORTED },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1)}",
      "x.npy: arrays of more than 8 dimensions cannot be read.", TN_ERROR_UNSUPPORTED },
  };
  static const guint8 data[8] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    for (int version = 1; version <= 3; version++)
      assert_refused (npy (version, headers[i].header, data, sizeof data), headers[i].code,
                      headers[i].message);

  assert_refused (g_bytes_new_static ("", 0), TN_ERROR_SYNTAX, no_npy);
  assert_refused (g_bytes_new_static ("\x93NUMPY", 6), TN_ERROR_SYNTAX, no_npy);
  assert_refused (g_bytes_new_static ("PK\3\4 a whole archive", 18), TN_ERROR_SYNTAX, no_npy);
  assert_refused (npy (0, "", "  ", 2), TN_ERROR_SYNTAX,
                  "x.npy: version 0 of the .npy format is not known.");
  assert_refused (npy (4, "", data, 8), TN_ERROR_SYNTAX,
                  "x.npy: version 4 of the .npy format is not known.");
  assert_refused (g_bytes_new_static ("\x93NUMPY\2\0\0\0", 10), TN_ERROR_SYNTAX, damaged);
  assert_refused (g_bytes_new_static ("\x93NUMPY\1\0\xff\xff{}", 12), TN_ERROR_SYNTAX, damaged);
  assert_refused (g_bytes_new_static ("\x93NUMPY\2\0\xff\xff\xff\xff{}", 14), TN_ERROR_SYNTAX,
                  damaged);
}

/* Every beginning of a file, and every byte changed: an array or a sentence. */
static void
test_hostile (void)
{
  static const guint8 data[24] = { 1, 2, 3 };
  g_autoptr (GBytes) sound
      = npy (1, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", data, sizeof data);
  gsize size;
  const guint8 *from = g_bytes_get_data (sound, &size);

  for (gsize length = 0; length < size; length++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *copy = g_memdup2 (from, length);
      g_autoptr (GBytes) bytes = g_bytes_new_static (copy, length);

      g_assert_null (tn_npy_parse (bytes, "x.npy", &error));
      g_assert_error (error, TN_ERROR, TN_ERROR_SYNTAX);
      g_assert_true (g_str_has_prefix (error->message, "x.npy: "));
    }
  for (gsize i = 0; i < size; i++)
    for (int change = 1; change < 256; change += 3)
      {
        g_autoptr (GError) error = NULL;
        g_autofree guint8 *copy = g_memdup2 (from, size);
        g_autoptr (GBytes) bytes = g_bytes_new_static (copy, size);
        g_autoptr (TnTensor) tensor = NULL;

        copy[i] ^= (guint8)change;
        tensor = tn_npy_parse (bytes, "x.npy", &error);
        g_assert_true ((tensor == NULL) == (error != NULL));
        g_assert_true (error == NULL || g_utf8_validate (error->message, -1, NULL));
      }
}

static void
test_files (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tenon-npy-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "none.npy", NULL);
  g_autofree char *inside = g_build_filename (path, "a.npy", NULL);
  g_autofree char *empty = g_build_filename (folder, "empty.npy", NULL);
  g_autofree char *missing = g_strdup_printf ("%s cannot be read: %s.", path, g_strerror (ENOENT));
  g_autofree char *is_folder
      = g_strdup_printf ("%s cannot be read: %s.", folder, g_strerror (EISDIR));
  g_autofree char *unwritable
      = g_strdup_printf ("%s cannot be written: %s.", inside, g_strerror (ENOENT));
  TnShape shape = tn_shape_new ((gint64[]){ 3 }, 1);
  g_autoptr (TnTensor) tensor = tn_tensor_new (TN_DTYPE_FLOAT32, &shape);
  g_autoptr (GError) error = NULL;

  g_assert_null (tn_npy_read (path, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
  g_assert_cmpstr (error->message, ==, missing);
  g_clear_error (&error);
  g_assert_null (tn_npy_read (folder, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
  g_assert_cmpstr (error->message, ==, is_folder);
  g_clear_error (&error);
  g_assert_false (tn_npy_write (tensor, inside, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_IO);
  g_assert_cmpstr (error->message, ==, unwritable);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  g_assert_null (tn_npy_read (empty, &error));
  g_assert_error (error, TN_ERROR, TN_ERROR_SYNTAX);
  g_unlink (empty);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/npy/read", test_read);
  g_test_add_func ("/npy/fortran", test_fortran);
  g_test_add_func ("/npy/round-trip", test_round_trip);
  g_test_add_func ("/npy/as-numpy", test_as_numpy);
  g_test_add_func ("/npy/damaged", test_damaged);
  g_test_add_func ("/npy/hostile", test_hostile);
  g_test_add_func ("/npy/files", test_files);
  return g_test_run ();
}
