/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error messages of Keras, TensorFlow and PyTorch: read, explained, and found in a model. */
#include <string.h>

#include "graph/tn-draft.h"
#include "infer/tn-message.h"

/* What the frameworks print for the same mistakes, as observed; last, what people asked about. */
static const struct
{
  TnMessageKind kind;
  TnFramework framework;
  const char *text;
} texts[] = {
  { TN_MESSAGE_WIDTH, TN_FRAMEWORK_KERAS,
    "Input 0 with name 'None' of layer 'dense' is incompatible with the layer: expected axis -1 of "
    "input shape to have value 256, but received input with shape (None, 4096)" },
  { TN_MESSAGE_WIDTH, TN_FRAMEWORK_KERAS,
    "Input 0 of layer \"dense\" is incompatible with the layer: expected axis -1 of input shape to "
    "have value 256, but received input with shape (None, 4096)" },
  { TN_MESSAGE_MATMUL, TN_FRAMEWORK_PYTORCH,
    "mat1 and mat2 shapes cannot be multiplied (2x4096 and 256x10)" },
  { TN_MESSAGE_MATMUL, TN_FRAMEWORK_PYTORCH,
    "mat1 and mat2 shapes cannot be multiplied (1408x11 and 1600x10)" },
  { TN_MESSAGE_RESHAPE, TN_FRAMEWORK_KERAS,
    "The total size of the tensor must be unchanged, however, the input size cannot by divided by "
    "the specified dimensions in target_shape. Received: input_shape=(11, 11, 64), "
    "target_shape=(-1, 1600)" },
  { TN_MESSAGE_RESHAPE, TN_FRAMEWORK_KERAS,
    "total size of new array must be unchanged, input_shape = [11, 11, 64], output_shape = [-1, "
    "1600]" },
  { TN_MESSAGE_RESHAPE, TN_FRAMEWORK_PYTORCH,
    "shape '[-1, 1600]' is invalid for input of size 15488" },
  { TN_MESSAGE_UNKNOWN_DIM, TN_FRAMEWORK_KERAS,
    "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: "
    "shape=(None, 4) for variable path='dense/kernel'" },
  { TN_MESSAGE_UNKNOWN_DIM, TN_FRAMEWORK_KERAS,
    "The last dimension of the inputs to a Dense layer should be defined. Found None. Full input "
    "shape received: (None, None)" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "Input 0 with name 'None' of layer 'conv2d' is incompatible with the layer: expected "
    "min_ndim=4, found ndim=2. Full shape received: (None, 4)" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "Input 0 of layer \"conv2d\" is incompatible with the layer: expected min_ndim=4, found "
    "ndim=2. Full shape received: (None, 4)" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_PYTORCH,
    "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [2, 4]" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "Kernel shape must have the same length as input, but received kernel of shape (3, 3, 3, 4) "
    "and input of shape (None, 4, 5, 5, 3)." },
  { TN_MESSAGE_WIDTH, TN_FRAMEWORK_KERAS,
    "expected axis -1 of input shape to have value 3, but received input with shape (…)" },
  { TN_MESSAGE_CHANNELS, TN_FRAMEWORK_PYTORCH,
    "Given groups=1, weight of size [8, 3, 3, 3], expected input[2, 1, 28, 28] to have 3 channels, "
    "but got 1 channels instead" },
  { TN_MESSAGE_UNKNOWN_DIM, TN_FRAMEWORK_KERAS,
    "TypeError: unsupported operand type(s) for %: 'NoneType' and 'int'" },
  { TN_MESSAGE_UNKNOWN_DIM, TN_FRAMEWORK_KERAS,
    "The channel dimension of the inputs should be defined. The input_shape received is (…), where "
    "axis -1 (0-based) is the channel dimension, which found to be `None`." },
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_KERAS,
    "Computed output size would be zero or negative. Received `inputs shape=(None, 2, 2, 3)`, "
    "`kernel shape=(3, 3, 3, 3)`, `dilation_rate=[1 1]`, `strides=(1, 1)`, `padding=valid`." },
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_KERAS,
    "One of the dimensions in the output is <= 0 due to downsampling in conv2d. Consider "
    "increasing the input size. Received input shape [None, 2, 2, 3] which would produce output "
    "shape with a zero or negative value in a dimension." },
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_PYTORCH,
    "Calculated padded input size per channel: (2 x 2). Kernel size: (3 x 3). Kernel size can't be "
    "greater than actual input size" },
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_KERAS,
    "Computed output size would be zero or negative. Received: `inputs.shape=[None 2 2 3]`, "
    "`pool_size=[3 3]`, `strides=(3, 3)`, `padding=valid`." },
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_PYTORCH,
    "Given input size: (3x2x2). Calculated output size: (3x0x0). Output size is too small" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "Input 0 with name 'None' of layer 'max_pooling2d' is incompatible with the layer: expected "
    "ndim=4, found ndim=3. Full shape received: (None, 10, 3)" },
  { TN_MESSAGE_MERGE, TN_FRAMEWORK_KERAS,
    "Inputs have incompatible shapes. Received shapes (4, 5) and (4, 6)" },
  { TN_MESSAGE_MERGE, TN_FRAMEWORK_PYTORCH,
    "The size of tensor a (5) must match the size of tensor b (6) at non-singleton dimension 2" },
  { TN_MESSAGE_BATCH, TN_FRAMEWORK_KERAS,
    "Cannot merge tensors with different batch sizes. Received tensors with shapes [(2, 4), (3, "
    "4)]" },
  { TN_MESSAGE_BATCH, TN_FRAMEWORK_KERAS,
    "Cannot merge tensors with different batch sizes. Got tensors with shapes [(2, 4), (3, 4)]" },
  { TN_MESSAGE_INPUTS, TN_FRAMEWORK_KERAS,
    "A merge layer should be called on a list of inputs. Received: input_shape=(None, 4) (not a "
    "list of shapes)" },
  { TN_MESSAGE_CONCATENATE, TN_FRAMEWORK_KERAS,
    "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
    "Received: input_shape=[(None, 4, 5), (None, 3, 6)]" },
  { TN_MESSAGE_CONCATENATE, TN_FRAMEWORK_PYTORCH,
    "Sizes of tensors must match except in dimension 2. Expected size 4 but got size 3 for tensor "
    "number 1 in the list." },
  { TN_MESSAGE_CONCATENATE, TN_FRAMEWORK_PYTORCH,
    "Tensors must have same number of dimensions: got 3 and 2" },
  { TN_MESSAGE_AXIS, TN_FRAMEWORK_KERAS, "IndexError: list index out of range" },
  { TN_MESSAGE_AXIS, TN_FRAMEWORK_PYTORCH,
    "Dimension out of range (expected to be in range of [-3, 2], but got 5)" },
  { TN_MESSAGE_INPUTS, TN_FRAMEWORK_KERAS,
    "A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape=[…]" },
  { TN_MESSAGE_AXIS, TN_FRAMEWORK_KERAS,
    "Incompatible input shapes: axis values 3 (at axis 1) != 4 (at axis 1). Full input shapes: "
    "(None, 3, 4), (None, 4, 5)" },
  { TN_MESSAGE_AXIS, TN_FRAMEWORK_PYTORCH,
    "Expected size for first two dimensions of batch2 tensor to be: [2, 5] but got: [2, 6]." },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "Input 0 with name 'None' of layer 'lstm' is incompatible with the layer: expected ndim=3, "
    "found ndim=2. Full shape received: (None, 4)" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "Input 0 of layer \"lstm\" is incompatible… expected ndim=3, found ndim=2…" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_PYTORCH, "input must have 3 dimensions, got 2" },
  { TN_MESSAGE_WIDTH, TN_FRAMEWORK_KERAS,
    "Input 0 of layer \"lstm\" is incompatible with the layer: expected shape=(None, None, 3), "
    "found shape=(None, 5, 7)" },
  { TN_MESSAGE_WIDTH, TN_FRAMEWORK_PYTORCH,
    "input.size(-1) must be equal to input_size. Expected 3, got 7" },
  { TN_MESSAGE_BATCH, TN_FRAMEWORK_KERAS,
    "When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: "
    "sequence.shape=(None, 5, 3)" },
  { TN_MESSAGE_BATCH, TN_FRAMEWORK_KERAS,
    "If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input "
    "tensors: …" },
  { TN_MESSAGE_GROUPS, TN_FRAMEWORK_KERAS,
    "The number of filters must be evenly divisible by the number of groups. Received: groups=3, "
    "filters=4." },
  { TN_MESSAGE_GROUPS, TN_FRAMEWORK_PYTORCH, "out_channels must be divisible by groups" },
  { TN_MESSAGE_GROUPS, TN_FRAMEWORK_KERAS,
    "The number of input channels must be evenly divisible by the number of groups. Received "
    "groups=2, but the input has 3 channels (full input shape is (None, 5, 5, 3))." },
  { TN_MESSAGE_GROUPS, TN_FRAMEWORK_PYTORCH, "in_channels must be divisible by groups" },
  { TN_MESSAGE_GROUPS, TN_FRAMEWORK_KERAS,
    "Number of groups (5) must be a multiple of the number of channels (6)." },
  { TN_MESSAGE_GROUPS, TN_FRAMEWORK_PYTORCH, "num_channels must be divisible by num_groups" },
  { TN_MESSAGE_GROUPS, TN_FRAMEWORK_KERAS,
    "Number of groups (32) cannot be more than the number of channels (6)." },
  { TN_MESSAGE_AXIS, TN_FRAMEWORK_KERAS, "IndexError: tuple index out of range" },
  { TN_MESSAGE_AXIS, TN_FRAMEWORK_KERAS,
    "Invalid value for `axis` argument. Expected 0 <= axis < inputs.rank (with inputs.rank=2). "
    "Received: axis=(5,)" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_PYTORCH, "expected 4D input (got 2D input)" },
  { TN_MESSAGE_AXIS, TN_FRAMEWORK_PYTORCH, "running_mean should contain 4 elements not 3" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "expected ndim=4, found ndim=3. Full shape received: (None, 8, 8)" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_PYTORCH,
    "number of dimensions in the tensor input does not match the length of the desired ordering of "
    "dimensions i.e. input.dim() = 3 is not equal to len(dims) = 2" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be "
    "consecutive and start from 1. Received dims=(0, 1)" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_PYTORCH, "permute(): duplicate dims are not allowed." },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides=(2, 2) "
    "and dilation_rate=(2, 2)" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "The `kernel_size` argument must be a tuple of 2 integers. Received kernel_size=0, including "
    "values {0} that do not satisfy `value > 0`" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_PYTORCH,
    "kernel size should be greater than zero, but got kernel_height: 0 kernel_width: 0" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "`output_padding` must be strictly less than `strides` for all dimensions. At dimension 0, "
    "`output_padding` is 2 but `strides` is 2. Received: output_padding=(2, 2), strides=(2, 2)" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "Strides must be greater than output padding. Received strides=(2, 2), output_padding=(2, "
    "2)." },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_PYTORCH,
    "output padding must be smaller than either stride or dilation, but got output_padding_height: "
    "2 …" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "The `padding` argument must be a list/tuple or one of {'valid', 'same'}. Received: full" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "The `padding` argument must be a list/tuple or one of \"valid\", \"same\" (or \"causal\", "
    "only for `Conv1D). Received: full" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_PYTORCH,
    "padding='same' is not supported for strided convolutions" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "Received an invalid value for `units`, expected a positive integer. Received: units=0" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "Unrecognized keyword arguments passed to Dense: {'foo': 1}" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_PYTORCH,
    "Linear.__init__() got an unexpected keyword argument 'foo'" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "Could not interpret activation function identifier: nosuch" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "Unknown activation function 'nosuch' cannot be deserialized." },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: "
    "rate=1.5" },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_KERAS,
    "Invalid value 1.5 received for `rate`, expected a value between 0 and 1." },
  { TN_MESSAGE_PARAM, TN_FRAMEWORK_PYTORCH,
    "dropout probability has to be between 0 and 1, but got 1.5" },
  { TN_MESSAGE_AXIS, TN_FRAMEWORK_KERAS,
    "All dimensions of `value` and `key`, except the last one, must be equal. Received: "
    "value_shape=(None, 5, 3) and key_shape=(None, 6, 3)" },
  { TN_MESSAGE_AXIS, TN_FRAMEWORK_PYTORCH,
    "key shape torch.Size([5, 2, 8]) does not match value shape torch.Size([6, 2, 8])" },
  { TN_MESSAGE_WIDTH, TN_FRAMEWORK_PYTORCH, "was expecting embedding dimension of 8, but got 6" },
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_KERAS,
    "Values in `cropping` argument should be smaller than the corresponding spatial dimension of "
    "the input. Received: input_shape=(None, 10, 10, 3), cropping=((5, 5), (5, 5))" },
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_KERAS,
    "Argument `cropping` must be greater than the input shape. Received: inputs.shape=…, and "
    "cropping=… (inverted)" },
  { TN_MESSAGE_INPUTS, TN_FRAMEWORK_KERAS,
    "Layer \"dense\" expects 1 input(s), but it received 2 input tensors. Inputs received: […]" },
  /* From public threads. */
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_TENSORFLOW,
    "Negative dimension size caused by subtracting 3 from 1 for 'conv2d_8/convolution' (op: "
    "'Conv2D') with input shapes: [?,1,1,64], [3,3,64,128]" },
  { TN_MESSAGE_MERGE, TN_FRAMEWORK_KERAS,
    "ValueError: Operands could not be broadcast together with shapes (56, 56, 32) (112, 112, "
    "32)" },
  { TN_MESSAGE_CONCATENATE, TN_FRAMEWORK_KERAS,
    "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the "
    "concatenation axis. Received: input_shape=[(None, 88, 88, 128), (None, 89, 89, 128)]" },
  { TN_MESSAGE_CONCATENATE, TN_FRAMEWORK_KERAS,
    "ValueError: `Concatenate` layer requires inputs with matching shapes except for the concat "
    "axis. Got inputs shapes: [(None, 16, 16, 16, 512), (None, 16, 16, 16, 256)" },
  { TN_MESSAGE_ARRAY, TN_FRAMEWORK_KERAS,
    "ValueError: Error when checking model target: expected dense_1 to have 3 dimensions, but got "
    "array with shape (8544, 5)" },
  { TN_MESSAGE_ARRAY, TN_FRAMEWORK_KERAS,
    "Error when checking target: expected flatten_1 to have shape (72,) but got array with shape "
    "(2,)" },
  { TN_MESSAGE_ARRAY, TN_FRAMEWORK_KERAS,
    "ValueError: Error when checking target: expected conv2d_7 to have shape (20, 20, 1) but got "
    "array with shape (23, 23, 1)" },
  { TN_MESSAGE_WEIGHTS, TN_FRAMEWORK_TENSORFLOW,
    "ValueError: Dimension 0 in both shapes must be equal, but are 63488 and 12288. Shapes are "
    "[63488,4096] and [12288,4096]. for 'Assign_163' (op: 'Assign') with input shapes: "
    "[63488,4096], [12288,4096]." },
  { TN_MESSAGE_MATMUL, TN_FRAMEWORK_TENSORFLOW,
    "InvalidArgumentError: Matrix size-incompatible: In[0]: [32,2], In[1]: [20000,2]" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "ValueError: Input 0 of layer conv1d_1 is incompatible with the layer: : expected min_ndim=3, "
    "found ndim=2. Full shape received: [None, 1886]" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "Exception: Input 0 is incompatible with layer lstm_28: expected ndim=3, found ndim=2" },
  { TN_MESSAGE_UNKNOWN_DIM, TN_FRAMEWORK_KERAS,
    "ValueError: The shape of the input to \"Flatten\" is not fully defined (got (None, None, "
    "512). Make sure to pass a complete \"input_shape\" or \"batch_input_shape\" argument to the "
    "first layer in your model." },
  { TN_MESSAGE_MATMUL, TN_FRAMEWORK_PYTORCH,
    "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x1568 and 1050x10)" },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_TENSORFLOW,
    "ValueError: Shapes (None, 1) and (None, 10) are incompatible" },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_KERAS,
    "ValueError: A target array with shape (60000, 10) was passed for an output of shape (None, 1) "
    "while using as loss `binary_crossentropy`. This loss expects targets to have the same shape "
    "as the output." },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_KERAS,
    "ValueError: You are passing a target array of shape (60000, 1) while using as loss "
    "`categorical_crossentropy`." },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_TENSORFLOW,
    "logits and labels must have the same first dimension, got logits shape [32,10] and labels "
    "shape [320]" },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_TENSORFLOW,
    "logits and labels must be broadcastable: logits_size=[32,10] labels_size=[32,2]" },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_TENSORFLOW,
    "ValueError: `logits` and `labels` must have the same shape, received ((None, 2) vs (None, "
    "1))." },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_PYTORCH,
    "ValueError: Target size (torch.Size([64])) must be the same as input size (torch.Size([64, "
    "1]))" },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_PYTORCH,
    "RuntimeError: Expected target size [32, 10], got [32, 1]" },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_PYTORCH,
    "RuntimeError: 0D or 1D target tensor expected, multi-target not supported" },
  { TN_MESSAGE_LOSS, TN_FRAMEWORK_KERAS,
    "generator output is [None, 400, 28, 1] instead of [None, 1, 28, 28]" },
  { TN_MESSAGE_BATCH, TN_FRAMEWORK_PYTORCH,
    "ValueError: Expected input batch_size (64) to match target batch_size (32)." },
  { TN_MESSAGE_BATCH, TN_FRAMEWORK_PYTORCH,
    "RuntimeError: Expected hidden[0] size (2, 32, 128), got [2, 16, 128]" },
  { TN_MESSAGE_BATCH, TN_FRAMEWORK_KERAS,
    "ValueError: Data cardinality is ambiguous: x sizes: 100 y sizes: 50 Make sure all arrays "
    "contain the same number of samples." },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_PYTORCH,
    "RuntimeError: Expected 4-dimensional input for 4-dimensional weight [32, 1, 3, 3], but got "
    "3-dimensional input of size [1, 28, 28] instead" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_PYTORCH,
    "RuntimeError: Expected 4-dimensional input for 4-dimensional weight 64 3 7 7, but got "
    "2-dimensional input of size [1, 28] instead" },
  { TN_MESSAGE_RANK, TN_FRAMEWORK_KERAS,
    "Input 0 of layer \"sequential\" is incompatible with the layer: expected shape=(None, 28, "
    "28), found shape=(None, 28, 28, 1)" },
  { TN_MESSAGE_MATMUL, TN_FRAMEWORK_PYTORCH, "RuntimeError: mat1 dim 1 must match mat2 dim 0" },
  { TN_MESSAGE_MATMUL, TN_FRAMEWORK_TENSORFLOW,
    "ValueError: Dimensions must be equal, but are 784 and 1024 for 'dense/MatMul' (op: 'MatMul') "
    "with input shapes: [?,784], [1024,10]." },
  { TN_MESSAGE_MERGE, TN_FRAMEWORK_TENSORFLOW,
    "ValueError: Dimensions must be equal, but are 64 and 128 for 'add_1/add' (op: 'AddV2') with "
    "input shapes: [?,28,28,64], [?,28,28,128]." },
  { TN_MESSAGE_MERGE, TN_FRAMEWORK_PYTORCH,
    "RuntimeError: The expanded size of the tensor (10) must match the existing size (3) at "
    "non-singleton dimension 1." },
  { TN_MESSAGE_ARRAY, TN_FRAMEWORK_KERAS,
    "ValueError: could not broadcast input array from shape (8,5) into shape (8,1,5)" },
  { TN_MESSAGE_ARRAY, TN_FRAMEWORK_TENSORFLOW,
    "ValueError: Cannot feed value of shape (64, 784) for Tensor 'Placeholder:0', which has shape "
    "'(?, 28, 28, 1)'" },
  { TN_MESSAGE_WEIGHTS, TN_FRAMEWORK_KERAS,
    "ValueError: Shape mismatch in layer #3 (named fc) for weight fc/kernel. Weight expects shape "
    "(8192, 10). Received saved weight with shape (2048, 10)" },
  { TN_MESSAGE_WEIGHTS, TN_FRAMEWORK_KERAS,
    "ValueError: Layer #1 (named \"conv1\"), weight <tf.Variable 'conv1/kernel:0'> has shape (3, "
    "3, 1, 64), but the saved weight has shape (3, 3, 3, 64)." },
  { TN_MESSAGE_WEIGHTS, TN_FRAMEWORK_KERAS,
    "ValueError: You are trying to load a weight file containing 16 layers into a model with 0 "
    "layers." },
  { TN_MESSAGE_CHANNELS, TN_FRAMEWORK_PYTORCH,
    "Given groups=1, weight of size 64 3 7 7, expected input[1, 1, 224, 224] to have 3 channels, "
    "but got 1 channels instead" },
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_KERAS,
    "ValueError: Input size must be at least 75x75; got `input_shape=(32, 32, 3)`" },
  { TN_MESSAGE_WINDOW, TN_FRAMEWORK_PYTORCH,
    "RuntimeError: Given input size: (512x1x1). Calculated output size: (512x0x0). Output size is "
    "too small" },
  { TN_MESSAGE_INPUTS, TN_FRAMEWORK_KERAS,
    "ValueError: Layer lstm expects 1 inputs, but it received 3 input tensors." },
};

static void
test_texts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TnMessage) message = tn_message_read (texts[i].text, -1);
      g_autofree char *explained = NULL;

      if (message == NULL || message->kind != texts[i].kind
          || message->framework != texts[i].framework)
        {
          g_test_message ("%s: kind %d of %d", texts[i].text,
                          message != NULL ? (int)message->kind : -1,
                          message != NULL ? (int)message->framework : -1);
          g_test_fail ();
          continue;
        }
      explained = tn_message_explain (message);
      if (strlen (explained) < 40 || !strchr (".)", explained[strlen (explained) - 1])
          || strstr (explained, "%s") != NULL || strchr (explained, '?') != NULL)
        g_error ("%s is explained as: %s", texts[i].text, explained);
    }
}

/* All that a message tells; sizes of -1 and NULL stand for what it does not. */
typedef struct
{
  const char *text, *layer, *type, *expected, *received;
  gint64 expected_size, received_size;
  int axis;
  TnArrayRole role;
  const char *says; /* in the explanation */
} Detail;

static const Detail details[] = {
  { "expected axis -1 of input shape to have value 256, but received input with shape (None, 4096)",
    NULL, NULL, "?", "(None, 4096)", 256, 4096, -1, TN_ARRAY_EITHER, "made for 256" },
  { "dense_2 expects shape (None, 256) but receives (16210, 4096)", "dense_2", NULL, "(None, 256)",
    "(16210, 4096)", -1, -1, TN_AXIS_NONE, TN_ARRAY_EITHER, "labels" },
  { "expected dense_2 to have shape (None, 256) but got array with shape (16210, 4096)", "dense_2",
    NULL, "(None, 256)", "(16210, 4096)", -1, -1, TN_AXIS_NONE, TN_ARRAY_EITHER,
    "its kernel is fixed" },
  { "ValueError: Error when checking target: expected dense_2 to have shape (256,) but got array "
    "with shape (4096,)",
    "dense_2", NULL, "(256,)", "(4096,)", -1, -1, TN_AXIS_NONE, TN_ARRAY_LABELS, "labels" },
  { "Error when checking input: expected dense_1_input to have shape (784,) but got array with "
    "shape (28,)",
    "dense_1_input", NULL, "(784,)", "(28,)", -1, -1, TN_AXIS_NONE, TN_ARRAY_INPUT, "fed in" },
  { "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x1568 and 1050x10)", NULL, NULL, "?",
    "?", 1050, 1568, TN_AXIS_NONE, TN_ARRAY_EITHER, "made for 1568" },
  { "Input 0 with name 'None' of layer 'my lstm' is incompatible with the layer: expected ndim=3, "
    "found ndim=2. Full shape received: (None, 4)",
    "my lstm", NULL, "?", "(None, 4)", 3, 2, TN_AXIS_NONE, TN_ARRAY_EITHER, "return_sequences" },
  { "Negative dimension size caused by subtracting 3 from 1 for 'conv2d_8/convolution' (op: "
    "'Conv2D') with input shapes: [?,1,1,64], [3,3,64,128]",
    "conv2d_8", NULL, "?", "(None, 1, 1, 64)", 3, 1, TN_AXIS_NONE, TN_ARRAY_EITHER, "3 wide" },
  { "Traceback\n  File \"a.py\"\nValueError: Exception encountered when calling Reshape.call().\n"
    "\nThe total size of the tensor must be unchanged. Received: input_shape=(11, 11, 64), "
    "target_shape=(1600,)",
    NULL, "Reshape", "(1600,)", "(11, 11, 64)", -1, -1, TN_AXIS_NONE, TN_ARRAY_EITHER,
    "multiply to 1600" },
  { "shape '[-1, 1600]' is invalid for input of size 15488", NULL, NULL, "(None, 1600)", "?", -1,
    15488, TN_AXIS_NONE, TN_ARRAY_EITHER, "15488 cannot be arranged" },
  { "Given groups=1, weight of size [8, 3, 3, 3], expected input[2, 1, 28, 28] to have 3 channels, "
    "but got 1 channels instead",
    NULL, NULL, "(8, 3, 3, 3)", "(2, 1, 28, 28)", 3, 1, TN_AXIS_NONE, TN_ARRAY_EITHER,
    "3 channels, but 1" },
  { "size mismatch for fc.weight: copying a param with shape torch.Size([10, 512]) from "
    "checkpoint, the shape in current model is torch.Size([2, 512]).",
    "fc", NULL, "(2, 512)", "(10, 512)", -1, -1, TN_AXIS_NONE, TN_ARRAY_EITHER, "stored one" },
};

static void
test_details (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    {
      const Detail *detail = &details[i];
      g_autoptr (TnMessage) message = tn_message_read (detail->text, -1);
      g_autofree char *expected = NULL, *received = NULL, *explained = NULL;

      g_test_message ("%s", detail->text);
      g_assert_nonnull (message);
      expected = tn_shape_to_text (&message->expected);
      received = tn_shape_to_text (&message->received);
      explained = tn_message_explain (message);
      g_assert_cmpstr (message->layer, ==, detail->layer);
      g_assert_cmpstr (message->type, ==, detail->type);
      g_assert_cmpstr (expected, ==, detail->expected);
      g_assert_cmpstr (received, ==, detail->received);
      g_assert_cmpint (message->expected_size, ==, detail->expected_size);
      g_assert_cmpint (message->received_size, ==, detail->received_size);
      g_assert_cmpint (message->axis, ==, detail->axis);
      g_assert_cmpint (message->role, ==, detail->role);
      if (strstr (explained, detail->says) == NULL)
        g_error ("“%s” is not in: %s", detail->says, explained);
    }
}

static void
test_unknown (void)
{
  static const char *const others[]
      = { "",
          " ",
          "No such file or directory",
          "expected axis",
          "expected ndim=, found ndim=",
          "the generator's output is wrong; the two models cannot be stacked" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_null (tn_message_read (others[i], -1));
}

/* conv2d → flatten → dense_2 with a kernel for 256 → head */
static TnFacts *
make_facts (void)
{
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  static const char *const chain[][4] = {
    { "InputLayer", "pixels", "batch_shape", "(None, 10, 10, 1)" },
    { "Conv2D", "conv2d", "filters", "64" },
    { "Flatten", "flatten", NULL, NULL },
    { "Dense", "dense_2", "units", "10" },
    { "Dense", "head", "units", "10" },
  };
  g_autoptr (TnGraph) graph = NULL;
  TnShape pin = tn_shape_new ((const gint64[]){ -1, 256 }, 2);
  TnNodeId last = TN_NODE_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (chain); i++)
    {
      TnNodeId id
          = tn_draft_add (draft, &tn_layer_find (chain[i][0])->schema, chain[i][1], TRUE, NULL);

      if (chain[i][2] != NULL)
        g_assert_true (tn_draft_set_text (draft, id, chain[i][2], chain[i][3], NULL));
      if (last != TN_NODE_NONE)
        g_assert_true (tn_draft_connect (draft, (TnRef){ last, 0, 0 }, id, 0, 0, NULL));
      if (strcmp (chain[i][1], "dense_2") == 0)
        tn_draft_pin (draft, id, &pin);
      last = id;
    }
  graph = tn_draft_finish (draft);
  return tn_infer (graph, NULL, NULL);
}

static void
test_find (void)
{
  static const struct
  {
    const char *text, *layer;
  } expected[] = {
    { "Input 0 of layer \"conv2d\" is incompatible with the layer: expected min_ndim=4, found "
      "ndim=2",
      "conv2d" },
    { "expected axis -1 of input shape to have value 256, but received input with shape (32, 4096)",
      "dense_2" },
    { "mat1 and mat2 shapes cannot be multiplied (32x4096 and 256x10)", "dense_2" },
    { "expected axis -1 of input shape to have value 9, but received input with shape (32, 7)",
      NULL },
    /* Told by name, and by numbers where the name is none of the model's. */
    { "Input 0 of layer \"dense_9\" is incompatible with the layer: expected axis -1 of input "
      "shape to have value 256, but received input with shape (None, 4096)",
      "dense_2" },
  };
  g_autoptr (TnFacts) facts = make_facts ();

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (TnMessage) message = tn_message_read (expected[i].text, -1);
      const TnNode *node;

      g_assert_nonnull (message);
      node = tn_graph_find (tn_facts_graph (facts), tn_message_find (message, facts));
      g_assert_cmpstr (node != NULL ? tn_node_name (node) : NULL, ==, expected[i].layer);
    }
}

/* Whatever comes: no crash, no long wait, and numbers that can be printed. */
static void
test_hostile (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GString) huge = g_string_new (NULL);
  gint64 start;

  for (guint round = 0; round < 4000; round++)
    {
      const char *text = texts[round % G_N_ELEMENTS (texts)].text;
      gsize n = strlen (text);
      g_autofree char *bytes = g_memdup2 (text, n);
      g_autoptr (TnMessage) message = NULL;
      g_autofree char *explained = NULL;

      for (guint change = 0; change < 1 + round % 5; change++)
        bytes[(gsize)g_rand_int_range (random, 0, (gint32)n)]
            = (char)g_rand_int_range (random, 0, 256);
      message = tn_message_read (bytes, (gssize)g_rand_int_range (random, 0, (gint32)n + 1));
      if (message == NULL)
        continue;
      explained = tn_message_explain (message);
      g_assert_true (g_utf8_validate (explained, -1, NULL));
      g_assert_true (message->layer == NULL || g_utf8_validate (message->layer, -1, NULL));
    }

  for (guint i = 0; i < 200000; i++)
    g_string_append (huge,
                     "expected axis -1 of input shape to have value ((((9999999999999999999 ");
  start = g_get_monotonic_time ();
  g_assert_null (tn_message_read (huge->str, -1));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_string_append (huge, " mat1 and mat2 shapes cannot be multiplied (2x1568 and 1050x10)");
  {
    g_autoptr (TnMessage) message = tn_message_read (huge->str, (gssize)huge->len);

    g_assert_nonnull (message);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/texts", test_texts);
  g_test_add_func ("/message/details", test_details);
  g_test_add_func ("/message/unknown", test_unknown);
  g_test_add_func ("/message/find", test_find);
  g_test_add_func ("/message/hostile", test_hostile);
  return g_test_run ();
}
