/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NumPy's .npy files (numpy.lib.format, versions 1.0 to 3.0). */
#include "tensor/tn-tensor.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"

#define MAGIC       "\x93NUMPY"
#define MAGIC_BYTES 6
/* NumPy itself writes a few hundred bytes; more is an attack or damage. */
#define MAX_HEADER (1 << 20)

typedef struct
{
  TnDType dtype;
  gboolean swap;
  gboolean fortran;
  TnShape shape;
} Header;

static gboolean
descr_parse (const char *descr, Header *header)
{
  static const struct
  {
    const char *code;
    TnDType dtype;
  } codes[] = {
    { "f4", TN_DTYPE_FLOAT32 }, { "f8", TN_DTYPE_FLOAT64 }, { "i4", TN_DTYPE_INT32 },
    { "i8", TN_DTYPE_INT64 },   { "u1", TN_DTYPE_UINT8 },   { "b1", TN_DTYPE_BOOL },
  };
  char order = descr[0];

  if (order == '\0' || strchr ("<>=|", order) == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (strcmp (descr + 1, codes[i].code) == 0)
      {
        header->dtype = codes[i].dtype;
        header->swap = order == (G_BYTE_ORDER == G_LITTLE_ENDIAN ? '>' : '<');
        return TRUE;
      }
  return FALSE;
}

/* "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 5), }" */
static gboolean
header_parse (const char *text, const char *path, Header *header, GError **error)
{
  g_autofree char *message = NULL;
  g_autoptr (TnValue) dict = tn_value_from_text (text, &message);
  const TnValue *descr = tn_value_lookup (dict, "descr");
  const TnValue *fortran = tn_value_lookup (dict, "fortran_order");
  const TnValue *shape = tn_value_lookup (dict, "shape");

  if (shape != NULL && tn_value_size (shape) > TN_MAX_RANK)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED,
                   _ ("%s: arrays of more than %d dimensions cannot be read."), path, TN_MAX_RANK);
      return FALSE;
    }
  if (descr == NULL || fortran == NULL || tn_value_kind (fortran) != TN_VALUE_BOOL
      || !tn_shape_from_value (shape, &header->shape) || !tn_shape_is_full (&header->shape, 0))
    {
      g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                   _ ("%s: the header of this .npy file is damaged."), path);
      return FALSE;
    }
  if (tn_value_kind (descr) != TN_VALUE_STRING || !descr_parse (tn_value_string (descr), header))
    {
      g_autofree char *found = tn_value_to_text (descr);

      g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED,
                   _ ("%s: arrays of type %s cannot be read; save it as float32, float64, int32, "
                      "int64, uint8 or bool."),
                   path, found);
      return FALSE;
    }
  header->fortran = tn_value_bool (fortran);
  return TRUE;
}

static void
copy_element (guint8 *to, const guint8 *from, gsize size, gboolean swap)
{
  for (gsize i = 0; i < size; i++)
    to[i] = from[swap ? size - 1 - i : i];
}

/* Column-major source: walks the target in order and keeps the source's offset in step. */
static void
copy_data (TnTensor *tensor, const guint8 *from, const Header *header)
{
  gsize size = tn_dtype_size (header->dtype);
  guint8 *to = tn_tensor_data (tensor);
  gsize n = tn_tensor_elements (tensor);
  gsize stride[TN_MAX_RANK], index[TN_MAX_RANK] = { 0 };
  gsize offset = 0;

  if (!header->fortran && !header->swap)
    {
      memcpy (to, from, n * size);
      return;
    }
  if (!header->fortran)
    {
      for (gsize i = 0; i < n; i++)
        copy_element (to + i * size, from + i * size, size, TRUE);
      return;
    }
  for (int axis = 0; axis < header->shape.rank; axis++)
    stride[axis] = axis == 0 ? 1 : stride[axis - 1] * (gsize)header->shape.dims[axis - 1].size;
  for (gsize i = 0; i < n; i++)
    {
      copy_element (to + i * size, from + offset * size, size, header->swap);
      for (int axis = header->shape.rank - 1; axis >= 0; axis--)
        {
          offset += stride[axis];
          if (++index[axis] < (gsize)header->shape.dims[axis].size)
            break;
          offset -= stride[axis] * index[axis];
          index[axis] = 0;
        }
    }
}

TnTensor *
tn_npy_parse (GBytes *bytes, const char *path, GError **error)
{
  gsize length, header_length, start;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = NULL;
  g_autoptr (TnTensor) tensor = NULL;
  Header header = { 0 };

  if (length < MAGIC_BYTES + 4 || memcmp (data, MAGIC, MAGIC_BYTES) != 0)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                   _ ("%s: this is no .npy file; numpy.save() writes one."), path);
      return NULL;
    }
  start = data[MAGIC_BYTES] == 1 ? 10 : 12;
  if (data[MAGIC_BYTES] < 1 || data[MAGIC_BYTES] > 3)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                   _ ("%s: version %d of the .npy format is not known."), path, data[MAGIC_BYTES]);
      return NULL;
    }
  header_length = (gsize)data[8] | (gsize)data[9] << 8;
  if (start == 12 && length >= start)
    header_length |= (gsize)data[10] << 16 | (gsize)data[11] << 24;
  if (length < start || header_length > MAX_HEADER || header_length > length - start)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                   _ ("%s: the header of this .npy file is damaged."), path);
      return NULL;
    }
  /* Parts of it may end up in a message. */
  text = g_utf8_make_valid ((const char *)data + start, (gssize)header_length);
  if (!header_parse (text, path, &header, error))
    return NULL;
  start += header_length;

  /* Compared before anything is allocated: a header may claim any size. */
  {
    gint64 elements = tn_shape_elements (&header.shape, 0);

    if (elements < 0 || (guint64)elements > (length - start) / tn_dtype_size (header.dtype))
      {
        g_autofree char *shape = tn_shape_to_text (&header.shape);

        g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                     _ ("%s: the file is too short for an array of shape %s."), path, shape);
        return NULL;
      }
  }
  tensor = tn_tensor_new (header.dtype, &header.shape);
  if (tensor == NULL)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_MEMORY,
                   _ ("%s: there is not enough memory for this array."), path);
      return NULL;
    }
  copy_data (tensor, data + start, &header);
  return g_steal_pointer (&tensor);
}

TnTensor *
tn_npy_read (const char *path, GError **error)
{
  int descriptor = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  int fault = descriptor < 0 ? errno : 0;
  struct stat status;

  if (descriptor >= 0 && fstat (descriptor, &status) == 0 && S_ISDIR (status.st_mode))
    fault = EISDIR;
  else if (descriptor >= 0)
    {
      file = g_mapped_file_new_from_fd (descriptor, FALSE, NULL);
      fault = EIO;
    }
  if (descriptor >= 0)
    g_close (descriptor, NULL);
  if (file == NULL)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("%s cannot be read: %s."), path,
                   g_strerror (fault));
      return NULL;
    }
  bytes = g_mapped_file_get_bytes (file);
  return tn_npy_parse (bytes, path, error);
}

gboolean
tn_npy_write (TnTensor *tensor, const char *path, GError **error)
{
  static const char *const codes[] = {
    [TN_DTYPE_FLOAT32] = "f4", [TN_DTYPE_FLOAT64] = "f8", [TN_DTYPE_INT32] = "i4",
    [TN_DTYPE_INT64] = "i8",   [TN_DTYPE_UINT8] = "u1",   [TN_DTYPE_BOOL] = "b1",
  };
  g_autofree char *shape = tn_shape_to_text (tn_tensor_shape (tensor));
  TnDType dtype = tn_tensor_dtype (tensor);
  char order = tn_dtype_size (dtype) == 1 ? '|' : G_BYTE_ORDER == G_LITTLE_ENDIAN ? '<' : '>';
  g_autoptr (GString) header = g_string_new (NULL);
  guint8 prefix[10] = MAGIC "\x01";
  gsize bytes = tn_tensor_bytes (tensor);
  FILE *stream;
  gboolean good;

  g_string_printf (header, "{'descr': '%c%s', 'fortran_order': False, 'shape': %s, }", order,
                   codes[dtype], shape);
  /* The data starts at a multiple of 64, after a newline. */
  while ((sizeof prefix + header->len + 1) % 64 != 0)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');
  prefix[8] = (guint8)(header->len & 0xff);
  prefix[9] = (guint8)(header->len >> 8);

  stream = fopen (path, "wb");
  good = stream != NULL && fwrite (prefix, 1, sizeof prefix, stream) == sizeof prefix
         && fwrite (header->str, 1, header->len, stream) == header->len
         && fwrite (tn_tensor_data (tensor), 1, bytes, stream) == bytes;
  /* A full disk may show only here. */
  if (stream != NULL && fclose (stream) != 0)
    good = FALSE;
  if (!good)
    g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("%s cannot be written: %s."), path,
                 g_strerror (errno));
  return good;
}
