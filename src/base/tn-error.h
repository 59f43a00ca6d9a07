/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one GError domain: faults of the environment (files, memory, cancellation), never of a model.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TN_ERROR (tn_error_quark ())

/**
 * TnError:
 * @TN_ERROR_IO: a file cannot be read or written
 * @TN_ERROR_SYNTAX: a file is damaged, hostile or not of a format Tenon knows (exit code 2)
 * @TN_ERROR_UNSUPPORTED: a sound file that uses something Tenon does not support (exit code 3)
 * @TN_ERROR_MEMORY: an operation would need more memory than it may have
 * @TN_ERROR_MODEL: the model has errors, so it cannot be run or written as code (exit code 1)
 * @TN_ERROR_DATA: given weights or input data do not fit the model
 * @TN_ERROR_CANCELLED: somebody pressed Stop
 *
 * Every message is one whole translated sentence that names the file and the place in it.
 */
typedef enum
{
  TN_ERROR_IO,
  TN_ERROR_SYNTAX,
  TN_ERROR_UNSUPPORTED,
  TN_ERROR_MEMORY,
  TN_ERROR_MODEL,
  TN_ERROR_DATA,
  TN_ERROR_CANCELLED,
} TnError;

GQuark tn_error_quark (void);

G_END_DECLS
